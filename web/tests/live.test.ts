import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { parseHeatmap } from '../src/api/parseHeatmap'
import { Freshness, staleAfterMs } from '../src/live/freshness'
import { pollMs, Refresher } from '../src/live/refresher'
import { sampleAnswer } from './sample'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

it('never has two refreshes in flight, and does one more for what was asked meanwhile', async () => {
  let inFlight = 0, most = 0, runs = 0
  const refresher = new Refresher(async () => {
    runs++
    most = Math.max(most, ++inFlight)
    await new Promise(resolve => setTimeout(resolve, 100))
    inFlight--
  })
  for (let i = 0; i < 5; i++) refresher.ask()
  await vi.advanceTimersByTimeAsync(50)
  refresher.ask()
  refresher.ask()
  await vi.advanceTimersByTimeAsync(1000)
  expect([most, runs]).toEqual([1, 2])
})

it('refreshes by itself when nothing asks', async () => {
  let runs = 0
  new Refresher(async () => { runs++ }).ask()
  await vi.advanceTimersByTimeAsync(3 * pollMs + 100)
  expect(runs).toBe(4)
})

it('is stale when nothing new came for a while, and fresh again with new data', () => {
  const changes: boolean[] = []
  const freshness: Freshness = new Freshness(() => changes.push(freshness.stale))
  const answer = sampleAnswer([[2]])
  freshness.note(parseHeatmap(answer))
  vi.advanceTimersByTime(staleAfterMs - 1000)

  // The same measurements under another time are nothing new.
  freshness.note(parseHeatmap({ ...answer, from: answer.from + 10, to: answer.to + 10 }))
  vi.advanceTimersByTime(1000)
  expect(freshness.stale).toBe(true)
  answer.cells.probes[0] = 4
  freshness.note(parseHeatmap(answer))
  expect(freshness.stale).toBe(false)
  expect(changes).toEqual([false, true, false])
})
