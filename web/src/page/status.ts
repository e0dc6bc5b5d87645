import type { Answer } from '../api/client'
import type { Heatmap } from '../api/heatmap'
import { formatClock, formatQuantity } from '../format'

/** What the page says about itself, besides the picture. */
export interface Status {
  /** The live indicator. */
  readonly live: { readonly state: 'loading' | 'live' | 'stale' | 'broken'; readonly text: string }
  /** What is wrong or missing, or null. */
  readonly message: Message | null
  /** The picture is not what is there now. */
  readonly old: boolean
}

export interface Message {
  readonly title: string
  readonly detail: string
}

/** All that the status depends on. */
export interface Known {
  /** The last answer; undefined before the first. */
  readonly answer: Answer | undefined
  /** The last heatmap that came, at any time. */
  readonly heatmap: Heatmap | undefined
  readonly stale: boolean
  /** When something new last came, Unix milliseconds. */
  readonly lastDataMs: number | undefined
}

export function statusOf({ answer, heatmap, stale, lastDataMs }: Known): Status {
  if (answer === undefined) return { live: { state: 'loading', text: 'loading' }, message: { title: 'Loading', detail: '' }, old: false }
  const last = lastDataMs === undefined ? '' : `: last data ${formatClock(lastDataMs)}`
  if (answer.kind !== 'heatmap')
    return { live: { state: 'broken', text: `${answer.kind === 'not-signed-in' ? 'not signed in' : 'no connection'}${last}` }, message: trouble(answer), old: true }
  const message = heatmap === undefined ? null : missing(heatmap, lastDataMs !== undefined)
  if (lastDataMs === undefined) return { live: { state: 'loading', text: 'waiting' }, message, old: false }
  return { live: stale ? { state: 'stale', text: `stale${last}` } : { state: 'live', text: 'live' }, message, old: false }
}

function trouble(answer: Exclude<Answer, { kind: 'heatmap' }>): Message {
  switch (answer.kind) {
    case 'not-signed-in':
      return { title: 'Not signed in', detail: 'Open the link with the token that the server printed when it started.' }
    case 'refused':
      return {
        title: `The server answered ${answer.status}${answer.title && ` ${answer.title}`}`,
        detail: [answer.detail, 'Asking again every few seconds.'].filter(part => part !== '').join(' '),
      }
    case 'malformed':
      return { title: 'The server sent something else than a heatmap', detail: `${answer.reason}. Reload the page if the server was updated.` }
    case 'unreachable':
      return { title: 'The server cannot be reached', detail: 'Trying again every few seconds.' }
  }
}

function missing(heatmap: Heatmap, hadData: boolean): Message | null {
  if (heatmap.pods.length === 0 || heatmap.hosts === 0)
    return { title: 'No hosts to measure', detail: 'The topology of this server has no hosts. Give it one with: pingmesh server --topology FILE' }
  if (heatmap.cells.count > 0) return null
  return hadData
    ? { title: 'No measurements', detail: 'No agent has reported in the time shown. Are the agents running, and can they reach this server?' }
    : { title: 'Waiting for the first measurements', detail: 'Agents probe each peer every 10 s.' }
}

/** `24 hosts, 8 pods`. */
export function summaryOf(heatmap: Heatmap): string {
  return `${formatQuantity(heatmap.hosts, 'host')}, ${formatQuantity(heatmap.pods.length, 'pod')}`
}

/** `14:03:20 – 14:03:40`, in the reader's time zone. */
export function rangeOf(heatmap: Heatmap): string {
  return heatmap.to > heatmap.from ? `${formatClock(heatmap.from * 1000)} – ${formatClock(heatmap.to * 1000)}` : ''
}
