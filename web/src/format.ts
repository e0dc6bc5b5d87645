/** A latency of `us` microseconds with three digits: `12.5 µs`, `1.24 ms`, `2.00 s`. A dash where there is none (NaN). */
export function formatLatency(us: number): string {
  if (Number.isNaN(us)) return '–'
  // The limits are below the round numbers, so that 999.6 µs does not read "1000 µs".
  if (us < 999.5) return `${threeDigits(us)} µs`
  if (us < 999_500) return `${threeDigits(us / 1000)} ms`
  return `${threeDigits(us / 1e6)} s`
}

function threeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return value.toFixed(decimals)
}

/** A threshold of `us` microseconds as short as it goes: `4 ms`, `4.5 ms`, `250 µs`. */
export function formatThreshold(us: number): string {
  return us >= 1000 ? `${us / 1000} ms` : `${us} µs`
}

/** Drops over successful connections, as the field writes them: `1.3e-5`, from one in a hundred on `2.5 %`. A dash where nothing succeeded. */
export function formatDropRate(drops: number, successes: number): string {
  if (successes <= 0) return '–'
  const rate = drops / successes
  if (rate === 0) return '0'
  if (rate < 0.00995) return rate.toExponential(1)
  return rate >= 0.9995 ? '100 %' : `${(rate * 100).toFixed(1)} %`
}

/** A count with separators: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `3 hosts`, `1 host`. */
export function formatQuantity(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Unix milliseconds as the time of day in the reader's time zone: `14:03:20`. */
export function formatClock(ms: number): string {
  const time = new Date(ms)
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(part => String(part).padStart(2, '0')).join(':')
}
