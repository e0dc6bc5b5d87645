import { expect, it } from 'vitest'
import { formatCount, formatDropRate, formatLatency, formatQuantity, formatThreshold } from '../src/format'

it.each([[NaN, '–'], [1.234, '1.23 µs'], [45, '45.0 µs'], [999.4, '999 µs'], [999.6, '1.00 ms'], [1340, '1.34 ms'], [1_397_630, '1.40 s']])(
  'writes a latency of %s µs as %s', (us, text) => expect(formatLatency(us)).toBe(text))

it.each([[0, 0, '–'], [0, 9, '0'], [1, 75_000, '1.3e-5'], [1, 40, '2.5 %'], [3, 3, '100 %']])(
  'writes %s drops of %s as %s', (drops, successes, text) => expect(formatDropRate(drops, successes)).toBe(text))

it('writes counts and thresholds', () => {
  expect([formatCount(12345), formatQuantity(1, 'pod'), formatQuantity(8, 'pod'), formatThreshold(4000), formatThreshold(250)]).toEqual(
    ['12,345', '1 pod', '8 pods', '4 ms', '250 µs'])
})
