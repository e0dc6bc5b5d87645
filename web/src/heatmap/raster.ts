import { cellStates, type Cells } from '../api/heatmap'
import { fillOf, mixPixels, pixelOf, type Palette } from './palette'
import type { Scale } from './scale'

const unreachable = cellStates.indexOf('unreachable')

/** Added to a state in a matrix: some probes of the cell failed, though not all. Says nothing of latency, so it changes no color. */
export const someFailed = 0x80

/** Cells smaller than this, in device pixels, have no room for the corner that tells of failures. */
const smallestCorner = 4

/** Cells smaller than this, in device pixels, have no room for a cross. */
const smallestCross = 5

/** The pixels of all cells, `scale.length` squared; gaps stay transparent. */
export type Raster = Uint32Array<ArrayBuffer>

/** A `pods` x `pods` matrix of states, with `someFailed` where it is so, row by row, from the listed cells; pairs that are not listed have no data. */
export function stateMatrix(cells: Cells, pods: number): Uint8Array {
  const matrix = new Uint8Array(pods * pods)
  for (let i = 0; i < cells.count; i++) {
    const state = cells.state[i]!
    matrix[cells.source[i]! * pods + cells.target[i]!] = cells.failures[i]! > 0 && state !== unreachable ? state | someFailed : state
  }
  return matrix
}

/**
 * Paints the cells. One line of pixels is made for each pod and copied over the height of its row, so that the time goes with the
 * number of pixels and not with the number of drawing calls: a million cells take milliseconds.
 */
export function paintCells(raster: Raster, scale: Scale, matrix: Uint8Array, palette: Palette): void {
  const { starts, cell, length } = scale
  const pods = starts.length
  const colors = cellStates.map(state => pixelOf(fillOf(state, palette)))
  const cross = crossTile(cell, palette)
  // Without the room for a cross the whole cell takes a tone between it and white: still neither color nor plain white.
  if (cross === null) colors[unreachable] = smallUnreachable(palette)
  const corner = cell < smallestCorner ? 0 : Math.max(2, Math.round(cell * 0.3))
  const dark = pixelOf(palette.cross)
  const line = new Uint32Array(length)
  for (let row = 0; row < pods; row++) {
    const crossed: number[] = []
    const cornered: number[] = []
    for (let column = 0; column < pods; column++) {
      const value = matrix[row * pods + column]!
      const state = value & ~someFailed
      if (value !== state) cornered.push(starts[column]!)
      line.fill(colors[state]!, starts[column]!, starts[column]! + cell)
      if (cross !== null && state === unreachable) crossed.push(starts[column]!)
    }
    for (let y = 0; y < cell; y++) {
      for (const x of crossed) line.set(cross!.subarray(y * cell, (y + 1) * cell), x)
      const start = (starts[row]! + y) * length
      raster.set(line, start)
      // The upper right corner, dark, a pixel shorter with each line.
      if (y < corner) for (const x of cornered) raster.fill(dark, start + x + cell - (corner - y), start + x + cell)
    }
  }
}

/** A white cell with a thin diagonal cross, `size` squared pixels, or null when it is too small to show one. */
export function crossTile(size: number, palette: Palette): Uint32Array | null {
  if (size < smallestCross) return null
  const white = pixelOf(palette.white)
  const dark = pixelOf(palette.cross)
  const tile = new Uint32Array(size * size)
  const half = Math.min(1.5, Math.max(0.5, size / 40))
  // At small sizes the cross reaches the edges; larger cells leave it some air.
  const air = size >= 16 ? size * 0.16 : 0
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = Math.min(x, y, size - 1 - x, size - 1 - y) >= air
      const distance = Math.min(Math.abs(x - y), Math.abs(x + y - size + 1)) * Math.SQRT1_2
      const cover = inside ? Math.min(1, Math.max(0, half + 0.5 - distance)) : 0
      tile[y * size + x] = mixPixels(white, dark, cover)
    }
  }
  return tile
}

function smallUnreachable(palette: Palette): number {
  return mixPixels(pixelOf(palette.white), pixelOf(palette.cross), 0.5)
}
