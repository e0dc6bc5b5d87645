import { describe, expect, it } from 'vitest'
import { parseHeatmap } from '../src/api/parseHeatmap'
import { boxOf, makeLayout, pairAt } from '../src/heatmap/layout'
import { sampleAnswer } from './sample'

const measure = (text: string): number => text.length * 7

describe.each([
  ['one pod', [[1]], 900, 700, 1],
  ['the demo', [[2, 2], [2, 2]], 1000, 800, 1],
  ['the demo on a fine screen', [[2, 2], [2, 2]], 1000, 800, 2],
  ['uneven podsets', [[1, 7, 3], [12], [2, 2, 2, 2]], 640, 900, 1.5],
  ['three hundred pods', [[50, 50, 50], [75, 75]], 1200, 900, 1],
] as const)('layout of %s', (_, shape, width, height, dpr) => {
  const { pods } = parseHeatmap(sampleAnswer(shape))
  const layout = makeLayout(pods, { width, height, dpr }, measure)

  it('fits into its room', () => {
    expect(layout.width).toBeLessThanOrEqual(width * dpr)
    expect(layout.height).toBeLessThanOrEqual(height * dpr)
  })

  it('finds each cell again at each of its corners and its middle', () => {
    for (let source = 0; source < pods.length; source += Math.max(1, pods.length >> 4)) {
      for (let target = 0; target < pods.length; target++) {
        const box = boxOf(layout, { source, target })
        for (const share of [0.01, 0.5, 0.99]) {
          expect(pairAt(layout, box.x + box.size * share, box.y + box.size * share)).toEqual({ source, target })
        }
      }
    }
  })

  it('lets no cells overlap', () => {
    for (let pod = 1; pod < pods.length; pod++) {
      const before = boxOf(layout, { source: 0, target: pod - 1 })
      expect(boxOf(layout, { source: 0, target: pod }).x).toBeGreaterThanOrEqual(before.x + before.size)
    }
  })

  it('finds nothing outside', () => {
    expect(pairAt(layout, -1, -1)).toBeNull()
    expect(pairAt(layout, layout.width, layout.height)).toBeNull()
  })
})

it('never makes a cell smaller than a pixel, however many pods there are', () => {
  const { pods } = parseHeatmap({ ...sampleAnswer([[1500]].map(() => [1])), scopes: Array.from({ length: 1500 }, (_, i) => ({
    path: `d/p/${i}`, dc: 'd', podset: 'p', pod: `${i}`, hosts: 1 })) })
  const layout = makeLayout(pods, { width: 800, height: 600, dpr: 1 }, measure)
  expect(layout.scale.cell).toBeGreaterThanOrEqual(1)
})
