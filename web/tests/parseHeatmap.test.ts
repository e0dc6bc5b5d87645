import { describe, expect, it } from 'vitest'
import { BadPayload, parseHeatmap } from '../src/api/parseHeatmap'
import { sampleAnswer } from './sample'

describe('parseHeatmap', () => {
  it('reads what the server sends', () => {
    const heatmap = parseHeatmap(sampleAnswer([[2, 1], [3]]))
    expect(heatmap.pods.map(pod => pod.path)).toEqual(
      ['dc1/ps1/pod1', 'dc1/ps1/pod2', 'dc1/ps2/pod1', 'dc2/ps1/pod1', 'dc2/ps1/pod2', 'dc2/ps1/pod3'])
    expect(heatmap.cells.count).toBe(36)
    expect(heatmap.cells.p99Us[0]).toBe(900)
  })

  it('reads a latency that is not there as NaN', () => {
    const answer = sampleAnswer([[1]])
    answer.cells.p99_us[0] = null
    expect(parseHeatmap(answer).cells.p99Us[0]).toBeNaN()
  })

  it.each([
    ['not an object', () => 'hello', 'the answer'],
    ['a missing list', (answer: any) => { delete answer.cells.drops; return answer }, 'cells.drops is missing'],
    ['lists of different length', (answer: any) => { answer.cells.probes.pop(); return answer }, 'cells.probes has 3 values'],
    ['an index past the pods', (answer: any) => { answer.cells.target[1] = 2; return answer }, 'cells.target[1] is 2'],
    ['an unknown state', (answer: any) => { answer.cells.state[0] = 'blue'; return answer }, 'cells.state[0]'],
    ['a negative count', (answer: any) => { answer.cells.failures[2] = -1; return answer }, 'cells.failures[2]'],
    ['a pair that comes twice', (answer: any) => { answer.cells.target[1] = 0; return answer }, 'twice'],
    ['time that runs backwards', (answer: any) => { answer.to = 1; return answer }, 'before from'],
  ])('refuses %s and says where', (_, spoil, place) => {
    expect(() => parseHeatmap(spoil(sampleAnswer([[2]])))).toThrow(BadPayload)
    expect(() => parseHeatmap(spoil(sampleAnswer([[2]])))).toThrow(place)
  })
})
