import { cellStates, type Cells, type Heatmap, type Pod, type Thresholds } from './heatmap'

/** The server's answer is not what this page understands. The message names the place, what is there and what belongs there. */
export class BadPayload extends Error {
  override readonly name = 'BadPayload'
}

/** Checks a parsed JSON answer of `GET /api/v1/heatmap` and turns it into typed arrays. Throws `BadPayload`. */
export function parseHeatmap(json: unknown): Heatmap {
  const body = object(json, 'the answer')
  const pods = array(body['scopes'], 'scopes').map(parsePod)
  const from = number(body['from'], 'from')
  const to = number(body['to'], 'to')
  if (to < from) throw new BadPayload(`to is ${to}, before from, ${from}`)
  const live = body['live']
  if (typeof live !== 'boolean') throw wrong('live', live, 'true or false')
  return {
    live,
    from,
    to,
    hosts: count(body['hosts'], 'hosts'),
    thresholds: parseThresholds(object(body['thresholds'], 'thresholds')),
    pods,
    cells: parseCells(object(body['cells'], 'cells'), pods.length),
    pattern: parsePattern(body['pattern']),
  }
}

function parsePattern(value: unknown): string | null {
  return value === undefined || value === null ? null : text(object(value, 'pattern')['sentence'], 'pattern.sentence')
}

function parsePod(value: unknown, index: number): Pod {
  const place = `scopes[${index}]`
  const pod = object(value, place)
  return {
    path: text(pod['path'], `${place}.path`),
    dc: text(pod['dc'], `${place}.dc`),
    podset: text(pod['podset'], `${place}.podset`),
    pod: text(pod['pod'], `${place}.pod`),
    hosts: count(pod['hosts'], `${place}.hosts`),
  }
}

function parseThresholds(value: Record<string, unknown>): Thresholds {
  return {
    yellowUs: number(value['yellow_us'], 'thresholds.yellow_us'),
    redUs: number(value['red_us'], 'thresholds.red_us'),
    dropRate: number(value['drop_rate'], 'thresholds.drop_rate'),
  }
}

function parseCells(value: Record<string, unknown>, pods: number): Cells {
  const source = array(value['source'], 'cells.source')
  const rows = source.length
  const column = (name: string): unknown[] => {
    const values = array(value[name], `cells.${name}`)
    if (values.length !== rows) throw new BadPayload(`cells.${name} has ${values.length} values, cells.source has ${rows}`)
    return values
  }
  const cells: Cells = {
    count: rows,
    source: indexes(source, 'source', pods),
    target: indexes(column('target'), 'target', pods),
    probes: counts(column('probes'), 'probes'),
    failures: counts(column('failures'), 'failures'),
    drops: counts(column('drops'), 'drops'),
    p50Us: latencies(column('p50_us'), 'p50_us'),
    p99Us: latencies(column('p99_us'), 'p99_us'),
    state: states(column('state')),
  }
  refuseRepeatedPairs(cells, pods)
  return cells
}

function refuseRepeatedPairs(cells: Cells, pods: number): void {
  const seen = new Uint8Array(pods * pods)
  for (let i = 0; i < cells.count; i++) {
    const pair = cells.source[i]! * pods + cells.target[i]!
    if (seen[pair]) throw new BadPayload(`cells holds the pair ${cells.source[i]} to ${cells.target[i]} twice`)
    seen[pair] = 1
  }
}

function indexes(values: unknown[], name: string, pods: number): Int32Array {
  return Int32Array.from(values, (value, i) => {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= pods)
      throw wrong(`cells.${name}[${i}]`, value, `a whole number from 0 to ${pods - 1}`)
    return value as number
  })
}

function counts(values: unknown[], name: string): Float64Array {
  return Float64Array.from(values, (value, i) =>
    isCount(value) ? value : count(value, `cells.${name}[${i}]`))
}

function latencies(values: unknown[], name: string): Float64Array {
  return Float64Array.from(values, (value, i) => {
    if (value === null) return NaN
    if (typeof value !== 'number' || value < 0) throw wrong(`cells.${name}[${i}]`, value, 'microseconds or null')
    return value
  })
}

function states(values: unknown[]): Uint8Array {
  return Uint8Array.from(values, (value, i) => {
    const state = cellStates.indexOf(value as (typeof cellStates)[number])
    if (state < 0) throw wrong(`cells.state[${i}]`, value, `one of ${cellStates.join(', ')}`)
    return state
  })
}

function object(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, value, 'an object')
  return value as Record<string, unknown>
}

function array(value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(place, value, 'a list')
  return value
}

function text(value: unknown, place: string): string {
  if (typeof value !== 'string') throw wrong(place, value, 'a text')
  return value
}

function number(value: unknown, place: string): number {
  if (typeof value !== 'number') throw wrong(place, value, 'a number')
  return value
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0
}

function count(value: unknown, place: string): number {
  if (!isCount(value)) throw wrong(place, value, 'a whole number from 0')
  return value
}

function wrong(place: string, value: unknown, wanted: string): BadPayload {
  const shown = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 60)
  return new BadPayload(`${place} is ${shown}, not ${wanted}`)
}
