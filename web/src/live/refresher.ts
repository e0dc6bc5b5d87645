/** Longest time between the end of a refresh and the start of the next, in milliseconds: cells fade even when no event comes. */
export const pollMs = 5_000

/**
 * Runs a refresh whenever asked and at least every `pollMs`, never two at once. What is asked for during a refresh is done in one
 * more after it. A refresh that took long is followed by an equally long rest, so that a mesh of 1000 pods leaves the page half its time.
 */
export class Refresher {
  private running = false
  private asked = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private restUntil = 0

  /** @param refresh must not reject. */
  constructor(private readonly refresh: () => Promise<void>) {}

  /** Something may have changed: refresh now, or as soon as the refresh in flight and its rest are over. */
  ask(): void {
    this.asked = true
    if (!this.running) this.schedule()
  }

  private schedule(): void {
    clearTimeout(this.timer)
    const rest = Math.max(0, this.restUntil - performance.now())
    if (this.asked && rest === 0) void this.run()
    else this.timer = setTimeout(() => void this.run(), this.asked ? rest : Math.max(rest, pollMs))
  }

  private async run(): Promise<void> {
    this.asked = false
    this.running = true
    const start = performance.now()
    try {
      await this.refresh()
    } finally {
      this.running = false
      const end = performance.now()
      this.restUntil = end + (end - start)
      this.schedule()
    }
  }
}
