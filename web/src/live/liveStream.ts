const firstDelayMs = 1_000
const longestDelayMs = 30_000

/** The part of an EventSource that is used here. */
export interface EventStream {
  addEventListener(type: string, listener: () => void): void
  close(): void
}

/**
 * Listens to `GET /api/v1/events` and calls back on each `live` event. When the stream breaks or cannot be had it is opened again
 * after 1, 2, 4, ... at most 30 s, with a third of jitter so that a restarted server does not meet all pages at once.
 * Polling goes on meanwhile (`Refresher`), so nothing depends on the stream but speed.
 */
export class LiveStream {
  private delayMs = firstDelayMs

  constructor(
    private readonly onLive: () => void,
    private readonly open: () => EventStream = () => new EventSource('api/v1/events'),
    private readonly random: () => number = Math.random,
  ) {}

  connect(): void {
    const stream = this.open()
    stream.addEventListener('open', () => {
      this.delayMs = firstDelayMs
      // What changed while there was no stream came with no event.
      this.onLive()
    })
    stream.addEventListener('live', () => this.onLive())
    stream.addEventListener('error', () => {
      // The browser would retry some errors by itself, at once and for ever; closing keeps the one back-off for all.
      stream.close()
      setTimeout(() => this.connect(), this.delayMs * (1 - this.random() / 3))
      this.delayMs = Math.min(this.delayMs * 2, longestDelayMs)
    })
  }
}
