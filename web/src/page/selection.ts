import type { Pair } from '../heatmap/layout'
import type { MapView } from './mapView'

const steps: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
}

/** Which pair the reader looks at: the one under the pointer, or the one that the arrow keys moved to. */
export class Selection {
  private current: Pair | null = null

  /** @param pods how many there are now. @param onChange called with each new selection. */
  constructor(private readonly map: MapView, private readonly pods: () => number, private readonly onChange: () => void) {
    const canvas = map.canvas
    canvas.addEventListener('pointermove', event => this.select(map.pairAt(event.clientX, event.clientY)))
    canvas.addEventListener('pointerdown', event => this.select(map.pairAt(event.clientX, event.clientY)))
    // A finger lifts after a tap, and what it tapped stays.
    canvas.addEventListener('pointerleave', event => event.pointerType === 'mouse' && this.select(null))
    canvas.addEventListener('blur', () => this.select(null))
    canvas.addEventListener('keydown', event => this.onKey(event))
  }

  /** The selected pair, or null; a pair of pods that are gone is none. */
  get pair(): Pair | null {
    const last = this.pods() - 1
    return this.current !== null && this.current.source <= last && this.current.target <= last ? this.current : null
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') return this.select(null)
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    const last = this.pods() - 1
    const clamp = (index: number): number => Math.max(0, Math.min(index, last))
    const from = this.pair
    // The first key shows where the selection is, the next ones move it.
    const pair = from === null
      ? { source: 0, target: 0 }
      : { source: clamp(from.source + step[0]), target: clamp(from.target + step[1]) }
    this.map.reveal(pair)
    this.select(pair)
  }

  private select(pair: Pair | null): void {
    if (pair?.source === this.current?.source && pair?.target === this.current?.target) return
    this.current = pair
    this.onChange()
  }
}
