import { cellStates, type CellState, type Heatmap, type Thresholds } from '../api/heatmap'
import { formatCount, formatDropRate, formatLatency, formatThreshold } from '../format'
import type { Pair } from './layout'

/** What the tooltip says of a pair, ready to be shown. */
export interface PairFacts {
  readonly source: string
  readonly target: string
  /** `intra-pod`, `intra-dc` or `inter-dc`. */
  readonly probeClass: string
  readonly state: CellState
  readonly stateInWords: string
  /** Names and values in reading order; none when there were no probes. */
  readonly numbers: readonly Fact[]
}

export interface Fact {
  readonly name: string
  readonly value: string
  /** Worse than it should be. */
  readonly bad: boolean
}

/** Finds the row of each pair; built once for a heatmap. */
export function indexPairs({ cells, pods }: Heatmap): Int32Array {
  const rows = new Int32Array(pods.length * pods.length).fill(-1)
  for (let i = 0; i < cells.count; i++) rows[cells.source[i]! * pods.length + cells.target[i]!] = i
  return rows
}

/** Everything known about a pair. `rows` is `indexPairs(heatmap)`. */
export function pairFacts(heatmap: Heatmap, rows: Int32Array, pair: Pair): PairFacts {
  const source = heatmap.pods[pair.source]!
  const target = heatmap.pods[pair.target]!
  const row = rows[pair.source * heatmap.pods.length + pair.target]!
  const state = cellStates[row < 0 ? 0 : heatmap.cells.state[row]!]!
  return {
    source: source.path,
    target: target.path,
    probeClass: pair.source === pair.target ? 'intra-pod' : source.dc === target.dc ? 'intra-dc' : 'inter-dc',
    state,
    stateInWords: stateInWords(state, heatmap.thresholds),
    numbers: row < 0 ? [] : numbersOf(heatmap, row),
  }
}

function numbersOf({ cells, thresholds }: Heatmap, row: number): Fact[] {
  const probes = cells.probes[row]!
  const failures = cells.failures[row]!
  const drops = cells.drops[row]!
  const successes = probes - failures
  const p50 = cells.p50Us[row]!
  const p99 = cells.p99Us[row]!
  return [
    { name: 'P50', value: formatLatency(p50), bad: p50 >= thresholds.yellowUs },
    { name: 'P99', value: formatLatency(p99), bad: p99 >= thresholds.yellowUs },
    { name: 'probes', value: formatCount(probes), bad: false },
    { name: 'failures', value: formatCount(failures), bad: failures > 0 },
    { name: 'drops', value: formatCount(drops), bad: false },
    { name: 'drop rate', value: formatDropRate(drops, successes), bad: successes > 0 && drops / successes > thresholds.dropRate },
  ]
}

/** The state of a cell as a sentence without its end. */
export function stateInWords(state: CellState, thresholds: Thresholds): string {
  const yellow = formatThreshold(thresholds.yellowUs)
  const red = formatThreshold(thresholds.redUs)
  switch (state) {
    case 'green': return `green: P99 below ${yellow}`
    case 'yellow': return `yellow: P99 from ${yellow} to ${red}`
    case 'red': return `red: P99 above ${red}`
    case 'unreachable': return 'unreachable: no probe succeeded'
    case 'no-data': return 'no data: no probe in this time'
  }
}

/** The same in one text, for a screen reader. */
export function factsAsText(facts: PairFacts): string {
  const numbers = facts.numbers.map(fact => `${fact.name} ${fact.value}`).join(', ')
  return `${facts.source} to ${facts.target}, ${facts.probeClass}. ${facts.stateInWords}.${numbers && ` ${numbers}.`}`
}
