import type { Heatmap } from './heatmap'
import { BadPayload, parseHeatmap } from './parseHeatmap'

/** Longest wait for one answer, in milliseconds. */
const answerTimeoutMs = 20_000

/** What became of one request. The page says something else for each kind. */
export type Answer =
  | { readonly kind: 'heatmap'; readonly heatmap: Heatmap }
  /** 401: no cookie, or one that is no longer good. */
  | { readonly kind: 'not-signed-in' }
  /** The server answered with an error; `title` and `detail` are its RFC 9457 problem details. */
  | { readonly kind: 'refused'; readonly status: number; readonly title: string; readonly detail: string }
  /** The answer is not a heatmap. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** No answer: the server is down, the network is, or it took too long. */
  | { readonly kind: 'unreachable' }

/** Asks the server for the live heatmap. Never throws. */
export async function fetchHeatmap(fetcher: typeof fetch = fetch): Promise<Answer> {
  try {
    const response = await fetcher('api/v1/heatmap', {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(answerTimeoutMs),
    })
    if (response.status === 401) return { kind: 'not-signed-in' }
    if (!response.ok) return await readProblem(response)
    return { kind: 'heatmap', heatmap: parseHeatmap(await response.json()) }
  } catch (error) {
    if (error instanceof BadPayload) return { kind: 'malformed', reason: error.message }
    if (error instanceof SyntaxError) return { kind: 'malformed', reason: 'it is not JSON' }
    return { kind: 'unreachable' }
  }
}

/** RFC 9457 section 3.1; a proxy in between may answer with something else, then the status says all there is. */
async function readProblem(response: Response): Promise<Answer> {
  const status = response.status
  const problem: unknown = await response.json().catch(() => null)
  const member = (name: string): string => {
    const value = typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>)[name] : undefined
    return typeof value === 'string' ? value : ''
  }
  return { kind: 'refused', status, title: member('title') || response.statusText, detail: member('detail') }
}
