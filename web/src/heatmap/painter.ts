import { extentOf, labelLine, type Band } from './bands'
import type { Layout } from './layout'
import type { Palette } from './palette'
import { paintCells } from './raster'

/** Text colors and font of the labels, as CSS writes them. */
export interface LabelStyle {
  readonly font: string
  readonly strongFont: string
  readonly text: string
  readonly faint: string
}

/** Sizes the canvas for the layout and paints cells, labels and the titles of the axes. */
export function paint(canvas: HTMLCanvasElement, layout: Layout, matrix: Uint8Array, palette: Palette, style: LabelStyle): void {
  const { dpr, scale, originX, originY } = layout
  // Setting the size clears the canvas, even to the same value.
  canvas.width = layout.width
  canvas.height = layout.height
  canvas.style.width = `${layout.width / dpr}px`
  canvas.style.height = `${layout.height / dpr}px`
  const context = canvas.getContext('2d')
  if (context === null || scale.length === 0) return

  const image = new ImageData(scale.length, scale.length)
  paintCells(new Uint32Array(image.data.buffer), scale, matrix, palette)
  context.putImageData(image, originX, originY)

  context.scale(dpr, dpr)
  paintBands(context, layout, layout.columnBands, 'column', style)
  paintBands(context, layout, layout.rowBands, 'row', style)
}

type Axis = 'column' | 'row'

/** Bands lie from the outer edge to the cells; each text is centered on its group. All in CSS pixels. */
function paintBands(context: CanvasRenderingContext2D, layout: Layout, bands: readonly Band[], axis: Axis, style: LabelStyle): void {
  const { dpr, scale } = layout
  const origin = (axis === 'column' ? layout.originX : layout.originY) / dpr
  const inner = (axis === 'column' ? layout.originY : layout.originX) / dpr
  const total = bands.reduce((sum, band) => sum + band.thickness, 0)
  let outer = inner - total
  context.textBaseline = 'middle'
  for (const [level, band] of bands.entries()) {
    context.font = level === 0 ? style.strongFont : style.font
    context.fillStyle = level === bands.length - 1 && bands.length > 1 ? style.faint : style.text
    for (const group of band.groups) {
      const start = origin + scale.starts[group.first]! / dpr
      const middle = start + extentOf(group, scale) / dpr / 2
      paintLabel(context, fitText(context, group.label, band.textRoom), axis, band, middle, outer)
    }
    outer += band.thickness
  }
}

function paintLabel(context: CanvasRenderingContext2D, text: string, axis: Axis, band: Band, middle: number, outer: number): void {
  const near = outer + band.thickness - 5
  const center = outer + labelLine / 2
  // Reading direction: columns from left to right or bottom up, rows likewise; text across ends at the cells.
  const upright = (axis === 'column') === (band.direction === 'along')
  context.save()
  if (axis === 'column') context.translate(middle, band.direction === 'along' ? center : near)
  else context.translate(band.direction === 'along' ? center : near, middle)
  if (!upright) context.rotate(-Math.PI / 2)
  context.textAlign = band.direction === 'along' ? 'center' : axis === 'column' ? 'left' : 'right'
  context.fillText(text, 0, 0)
  context.restore()
}

function fitText(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text
  let kept = text.length
  while (kept > 1 && context.measureText(`${text.slice(0, kept)}…`).width > room) kept--
  return `${text.slice(0, kept)}…`
}
