import type { PairFacts } from '../heatmap/pairFacts'
import type { Palette } from '../heatmap/palette'
import { make } from './elements'
import { makeSwatch } from './swatch'

/** Distance between cell and tooltip, and the least to the window's edge, CSS pixels. */
const distance = 12

/** A rectangle in the window's CSS pixels. */
export interface Anchor {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Shows the facts of a pair beside its cell, on the side that has the room. */
export function showTooltip(tooltip: HTMLElement, facts: PairFacts, anchor: Anchor, palette: Palette): void {
  const pair = make('div', 'pair')
  pair.append(facts.source, make('span', '', ' → '), facts.target)
  const state = make('div', 'state')
  state.append(makeSwatch(facts.state, palette), `${facts.probeClass} · ${facts.stateInWords}`)
  const numbers = make('dl')
  for (const fact of facts.numbers) numbers.append(make('dt', '', fact.name), make('dd', fact.bad ? 'bad' : '', fact.value))
  tooltip.replaceChildren(pair, state, ...(facts.numbers.length > 0 ? [numbers] : []))
  tooltip.hidden = false

  const { width, height } = tooltip.getBoundingClientRect()
  const x = anchor.right + distance + width <= innerWidth ? anchor.right + distance : anchor.left - distance - width
  const y = anchor.top + height <= innerHeight ? anchor.top : anchor.bottom - height
  const clamp = (value: number, most: number): number => Math.round(Math.max(4, Math.min(value, most - 4)))
  tooltip.style.transform = `translate(${clamp(x, innerWidth - width)}px, ${clamp(y, innerHeight - height)}px)`
}
