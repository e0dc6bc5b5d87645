import type { Heatmap } from '../api/heatmap'
import { boxOf, makeLayout, pairAt, type Layout, type Pair } from '../heatmap/layout'
import { paint } from '../heatmap/painter'
import { stateMatrix } from '../heatmap/raster'
import { element } from './elements'
import { countStates } from './legend'
import { summaryOf } from './status'
import type { Theme } from './theme'
import type { Anchor } from './tooltip'

/** Most pods for which the canvas tells where each one lies. */
const mostOffsets = 64

/** Thickness of the marks beside the selected row and column, CSS pixels. */
const markThickness = 3

/** The canvas with the heatmap, and the marks of the selected cell above it. */
export class MapView {
  readonly canvas = element('heatmap', HTMLCanvasElement)
  private readonly room = this.canvas.parentElement!
  private readonly ring = element('ring', HTMLElement)
  private readonly rowMark = element('rowmark', HTMLElement)
  private readonly columnMark = element('columnmark', HTMLElement)
  private layout: Layout | undefined
  private laidOutFor = ''

  /** Paints the heatmap as large as the page has room for. */
  show(heatmap: Heatmap, theme: Theme): void {
    this.canvas.hidden = heatmap.pods.length === 0
    if (this.canvas.hidden) return
    const layout = this.layOut(heatmap, theme)
    paint(this.canvas, layout, stateMatrix(heatmap.cells, heatmap.pods.length), theme.palette, theme.labels)
    this.canvas.setAttribute('aria-label', describe(heatmap))
    this.tellGeometry(layout)
  }

  /** The pair under a point of the window, or null. */
  pairAt(clientX: number, clientY: number): Pair | null {
    if (this.layout === undefined) return null
    const canvas = this.canvas.getBoundingClientRect()
    return pairAt(this.layout, clientX - canvas.left, clientY - canvas.top)
  }

  /** Marks the cell of a pair, or none, and tells where in the window it is. */
  mark(pair: Pair | null): Anchor | null {
    const shown = pair !== null && this.layout !== undefined
    for (const mark of [this.ring, this.rowMark, this.columnMark]) mark.hidden = !shown
    if (!shown) return null
    const box = boxOf(this.layout!, pair)
    const originX = this.layout!.originX / this.layout!.dpr
    const originY = this.layout!.originY / this.layout!.dpr
    // A cell of a pixel or two gets a ring that can be seen, around it.
    const air = Math.max(2, (9 - box.size) / 2)
    place(this.ring, box.x - air, box.y - air, box.size + 2 * air, box.size + 2 * air)
    const length = Math.max(2, box.size)
    place(this.rowMark, originX - markThickness - 1, box.y, markThickness, length)
    place(this.columnMark, box.x, originY - markThickness - 1, length, markThickness)
    const canvas = this.canvas.getBoundingClientRect()
    const left = canvas.left + box.x
    const top = canvas.top + box.y
    return { left, top, right: left + box.size, bottom: top + box.size }
  }

  /** Scrolls a mesh larger than the page so that the pair can be seen. */
  reveal(pair: Pair): void {
    if (this.layout === undefined) return
    const box = boxOf(this.layout, pair)
    const margin = 40
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.room
    this.room.scrollLeft = Math.min(box.x - margin, Math.max(scrollLeft, box.x + box.size + margin - clientWidth))
    this.room.scrollTop = Math.min(box.y - margin, Math.max(scrollTop, box.y + box.size + margin - clientHeight))
  }

  private layOut(heatmap: Heatmap, theme: Theme): Layout {
    const width = this.room.clientWidth
    const height = this.room.clientHeight
    const dpr = devicePixelRatio
    const key = JSON.stringify([width, height, dpr, theme.labels.font, heatmap.pods.map(pod => pod.path)])
    if (this.layout === undefined || key !== this.laidOutFor) {
      const context = this.canvas.getContext('2d')!
      context.font = theme.labels.strongFont
      this.layout = makeLayout(heatmap.pods, { width, height, dpr }, text => context.measureText(text).width)
      this.laidOutFor = key
    }
    return this.layout
  }

  /** The geometry in CSS pixels as data attributes: pod i starts at data-origin-x (columns) or -y (rows) plus the i-th of data-offsets. */
  private tellGeometry({ dpr, scale, originX, originY }: Layout): void {
    const data = this.canvas.dataset
    const pods = scale.starts.length
    data['pods'] = String(pods)
    data['cell'] = String(scale.pitch / dpr)
    data['originX'] = String(originX / dpr)
    data['originY'] = String(originY / dpr)
    if (pods <= mostOffsets) data['offsets'] = Array.from(scale.starts, start => start / dpr).join(',')
    else delete data['offsets']
  }
}

function place(mark: HTMLElement, x: number, y: number, width: number, height: number): void {
  mark.style.transform = `translate(${x}px, ${y}px)`
  mark.style.width = `${width}px`
  mark.style.height = `${height}px`
}

function describe(heatmap: Heatmap): string {
  const counts = countStates(heatmap)
  return `Heatmap of P99 latency between pods, ${summaryOf(heatmap)}. Pairs: ${counts.green} green, ${counts.yellow} yellow, `
    + `${counts.red} red, ${counts.unreachable} unreachable, ${counts['no-data']} without data.`
}
