import { cellStates, type Cells } from '../api/heatmap'
import { fillOf, mixPixels, pixelOf, type Palette } from './palette'
import type { Scale } from './scale'

const unreachable = cellStates.indexOf('unreachable')

/** Cells smaller than this, in device pixels, have no room for a cross. */
const smallestCross = 5

/** The pixels of all cells, `scale.length` squared; gaps stay transparent. */
export type Raster = Uint32Array<ArrayBuffer>

/** A `pods` x `pods` matrix of states, row by row, from the listed cells; pairs that are not listed have no data. */
export function stateMatrix(cells: Cells, pods: number): Uint8Array {
  const matrix = new Uint8Array(pods * pods)
  for (let i = 0; i < cells.count; i++) matrix[cells.source[i]! * pods + cells.target[i]!] = cells.state[i]!
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
  const line = new Uint32Array(length)
  for (let row = 0; row < pods; row++) {
    const crossed: number[] = []
    for (let column = 0; column < pods; column++) {
      const state = matrix[row * pods + column]!
      line.fill(colors[state]!, starts[column]!, starts[column]! + cell)
      if (cross !== null && state === unreachable) crossed.push(starts[column]!)
    }
    for (let y = 0; y < cell; y++) {
      for (const x of crossed) line.set(cross!.subarray(y * cell, (y + 1) * cell), x)
      raster.set(line, (starts[row]! + y) * length)
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
