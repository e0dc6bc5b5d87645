import { describe, expect, it } from 'vitest'
import { parseHeatmap } from '../src/api/parseHeatmap'
import { lightPalette, pixelOf } from '../src/heatmap/palette'
import { paintCells, someFailed, stateMatrix } from '../src/heatmap/raster'
import { sampleAnswer } from './sample'

const cell = 10
const scale = { pitch: cell, cell, starts: Int32Array.of(0, cell), length: 2 * cell }

function paintedWith(change: (answer: ReturnType<typeof sampleAnswer>) => void): Uint32Array {
  const answer = sampleAnswer([[2]])
  change(answer)
  const raster = new Uint32Array(scale.length ** 2)
  paintCells(raster, scale, stateMatrix(parseHeatmap(answer).cells, 2), lightPalette)
  return raster
}

const pixel = (raster: Uint32Array, x: number, y: number) => raster[y * scale.length + x]

describe('a cell with failures', () => {
  const raster = paintedWith(answer => { answer.cells.failures[1] = 1 })

  it('keeps its color and gets a dark corner at the upper right', () => {
    expect(pixel(raster, 2 * cell - 1, 0)).toBe(pixelOf(lightPalette.cross))
    expect(pixel(raster, cell + 5, 5)).toBe(pixelOf(lightPalette.green))
    expect(pixel(raster, cell, 0)).toBe(pixelOf(lightPalette.green))
  })

  it('leaves its neighbors alone', () => {
    expect(pixel(raster, cell - 1, 0)).toBe(pixelOf(lightPalette.green))
    expect(pixel(raster, 2 * cell - 1, cell)).toBe(pixelOf(lightPalette.green))
  })

  it('has no corner where no probe succeeded: the cross says it', () => {
    const matrix = stateMatrix(parseHeatmap((() => {
      const answer = sampleAnswer([[2]])
      answer.cells.failures[1] = 3
      answer.cells.state[1] = 'unreachable'
      return answer
    })()).cells, 2)
    expect(matrix[1]! & someFailed).toBe(0)
  })
})

describe('the pattern', () => {
  it('is the sentence of the answer, or nothing', () => {
    expect(parseHeatmap(sampleAnswer([[2]])).pattern).toBeNull()
    expect(parseHeatmap({ ...sampleAnswer([[2]]), pattern: { sentence: 'Nothing stands out.' } }).pattern).toBe('Nothing stands out.')
    expect(() => parseHeatmap({ ...sampleAnswer([[2]]), pattern: { sentence: 5 } })).toThrow('pattern.sentence')
  })
})
