import { cellStates, type CellState, type Heatmap, type Thresholds } from '../api/heatmap'
import { formatCount, formatThreshold } from '../format'
import type { Palette } from '../heatmap/palette'
import { make } from './elements'
import { makeSwatch } from './swatch'

const order: readonly CellState[] = ['green', 'yellow', 'red', 'unreachable', 'no-data']

/** How many pairs are in each state; those that are not listed have no data. */
export function countStates({ cells, pods }: Heatmap): Record<CellState, number> {
  const counts: Record<CellState, number> = { 'no-data': pods.length ** 2 - cells.count, unreachable: 0, green: 0, yellow: 0, red: 0 }
  for (let i = 0; i < cells.count; i++) counts[cellStates[cells.state[i]!]!]++
  return counts
}

/** Shows each state's color, its meaning under the server's thresholds, and how many pairs have it. */
export function showLegend(list: HTMLElement, heatmap: Heatmap, palette: Palette): void {
  const counts = countStates(heatmap)
  list.replaceChildren(...order.map(state => {
    const item = make('li')
    item.append(
      makeSwatch(state, palette),
      make('span', '', meaning(state, heatmap.thresholds)),
      make('span', 'count', formatCount(counts[state])))
    return item
  }), failedItem(heatmap, palette))
}

/** A cell's color tells of latency and drops; the corner tells that probes failed, which may as well be a dead host's doing. */
function failedItem({ cells }: Heatmap, palette: Palette): HTMLElement {
  let count = 0
  for (let i = 0; i < cells.count; i++) if (cells.failures[i]! > 0 && cells.state[i]! !== cellStates.indexOf('unreachable')) count++
  const item = make('li')
  item.append(makeSwatch('green', palette, true), make('span', '', 'some probes failed'), make('span', 'count', formatCount(count)))
  return item
}

function meaning(state: CellState, { yellowUs, redUs }: Thresholds): string {
  switch (state) {
    case 'green': return `below ${formatThreshold(yellowUs)}`
    case 'yellow': return `${formatThreshold(yellowUs)} to ${formatThreshold(redUs)}`
    case 'red': return `above ${formatThreshold(redUs)}`
    case 'unreachable': return 'no probe succeeded'
    case 'no-data': return 'no data'
  }
}
