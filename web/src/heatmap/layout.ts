import type { Pod } from '../api/heatmap'
import { makeBands, type Band, type Measure } from './bands'
import { groupPods, type Grouping } from './groups'
import { makeScale, podAt, type Scale } from './scale'

/** Largest cell, CSS pixels: a mesh of two pods need not fill the screen. */
const largestPitch = 92

/** Room right of and below the last cell, CSS pixels. */
const endMargin = 2

/** Where everything on the heatmap lies. Whole device pixels unless said otherwise; the first cell starts at `originX`, `originY`. */
export interface Layout {
  readonly dpr: number
  readonly grouping: Grouping
  readonly scale: Scale
  readonly originX: number
  readonly originY: number
  /** Size of the canvas. */
  readonly width: number
  readonly height: number
  /** Labels of the columns, outermost first, from the top down to the cells. */
  readonly columnBands: readonly Band[]
  /** Labels of the rows, outermost first, from the left to the cells. */
  readonly rowBands: readonly Band[]
}

/** A pair of pods by index: the row probes the column. */
export interface Pair {
  readonly source: number
  readonly target: number
}

/** Room for the heatmap, CSS pixels, and the device pixels in one of them. */
export interface Room {
  readonly width: number
  readonly height: number
  readonly dpr: number
}

/**
 * The largest layout that fits into the room. A cell is never smaller than one device pixel, as a hidden pair could be the broken one:
 * a mesh too large for the room makes a layout larger than the room, to be scrolled.
 */
export function makeLayout(pods: readonly Pod[], room: Room, measure: Measure): Layout {
  const grouping = groupPods(pods)
  const { dpr } = room
  const shorter = Math.min(room.width, room.height) * dpr
  let pitch = Math.max(1, Math.floor(Math.min(shorter / Math.max(1, pods.length), largestPitch * dpr)))
  for (;;) {
    const layout = layoutAt(grouping, pitch, dpr, measure)
    if (pitch === 1 || (layout.width <= room.width * dpr && layout.height <= room.height * dpr)) return layout
    pitch--
  }
}

function layoutAt(grouping: Grouping, pitch: number, dpr: number, measure: Measure): Layout {
  const scale = makeScale(grouping, pitch, dpr)
  const columnBands = makeBands(grouping, scale, dpr, 'along', measure)
  const rowBands = makeBands(grouping, scale, dpr, 'across', measure)
  const originX = Math.ceil(thickness(rowBands) * dpr)
  const originY = Math.ceil(thickness(columnBands) * dpr)
  const end = Math.ceil(endMargin * dpr)
  return {
    dpr, grouping, scale, originX, originY, columnBands, rowBands,
    width: originX + scale.length + end,
    height: originY + scale.length + end,
  }
}

/** The least room left of and above the cells holds the titles of the axes in the corner, CSS pixels. */
function thickness(bands: readonly Band[]): number {
  return Math.max(18, bands.reduce((sum, band) => sum + band.thickness, 0))
}

/** The pair at a point of the canvas in CSS pixels, or null where there is none. */
export function pairAt(layout: Layout, x: number, y: number): Pair | null {
  const target = podAt(layout.scale, x * layout.dpr - layout.originX)
  const source = podAt(layout.scale, y * layout.dpr - layout.originY)
  return source < 0 || target < 0 ? null : { source, target }
}

/** A rectangle in CSS pixels from the canvas' top left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly size: number
}

/** Where the cell of a pair lies. */
export function boxOf(layout: Layout, pair: Pair): Box {
  const { scale, dpr } = layout
  return {
    x: (layout.originX + scale.starts[pair.target]!) / dpr,
    y: (layout.originY + scale.starts[pair.source]!) / dpr,
    size: scale.cell / dpr,
  }
}
