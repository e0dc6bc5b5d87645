import { cellStates, type CellState } from '../api/heatmap'
import type { Palette } from '../heatmap/palette'
import { paintCells, someFailed } from '../heatmap/raster'
import { make } from './elements'

const size = 32

/** A single cell in a state, with the corner of one with failures if asked for, painted as the heatmap paints it, so that legend and map cannot differ. */
export function makeSwatch(state: CellState, palette: Palette, failing = false): HTMLCanvasElement {
  const canvas = make('canvas')
  canvas.width = size
  canvas.height = size
  const image = new ImageData(size, size)
  const oneCell = { pitch: size, cell: size, starts: Int32Array.of(0), length: size }
  paintCells(new Uint32Array(image.data.buffer), oneCell, Uint8Array.of(cellStates.indexOf(state) | (failing ? someFailed : 0)), palette)
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
