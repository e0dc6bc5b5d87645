import type { Heatmap } from '../api/heatmap'

/** With nothing new for this long, in milliseconds, the picture is called stale. */
export const staleAfterMs = 15_000

/** Knows when something new was last measured, and tells when that becomes, or stops being, too long ago. */
export class Freshness {
  private lastPrint = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private staleNow = false
  private last: number | undefined

  /** @param onChange called whenever `stale` or `lastDataMs` changed. */
  constructor(private readonly onChange: () => void) {}

  get stale(): boolean {
    return this.staleNow
  }

  /** When something new last came, in Unix milliseconds of this machine's clock; undefined before the first. */
  get lastDataMs(): number | undefined {
    return this.last
  }

  /** A heatmap came. An empty one, or one that says what the last one said, is nothing new. */
  note(heatmap: Heatmap): void {
    const print = fingerprint(heatmap)
    if (print === this.lastPrint || heatmap.cells.count === 0) return
    this.lastPrint = print
    this.last = Date.now()
    this.staleNow = false
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.staleNow = true
      this.onChange()
    }, staleAfterMs)
    this.onChange()
  }
}

/** 32 bits over what was measured (FNV-1a over words); the time range is left out, as the server's clock moves it without any data. */
function fingerprint({ cells }: Heatmap): number {
  let hash = 0x811c9dc5
  const add = (word: number): void => {
    hash = Math.imul(hash ^ word, 0x01000193)
  }
  for (let i = 0; i < cells.count; i++) {
    add(cells.source[i]!)
    add(cells.target[i]!)
    add(cells.probes[i]!)
    add(cells.failures[i]!)
    add(cells.drops[i]!)
    // In nanoseconds, so that the fraction counts; NaN becomes 0.
    add(cells.p50Us[i]! * 1000)
    add(cells.p99Us[i]! * 1000)
  }
  return hash >>> 0
}
