import type { CellState } from '../api/heatmap'

/** The colors of the cells, `#rrggbb`: the paper's (section 6.3), in tones that stay apart for color-blind eyes by their lightness. */
export interface Palette {
  readonly green: string
  readonly yellow: string
  readonly red: string
  readonly white: string
  /** The cross through a white cell of a pair that is probed in vain. */
  readonly cross: string
}

export const lightPalette: Palette = {
  green: '#35a667',
  yellow: '#f5c518',
  red: '#cf2e2e',
  white: '#ffffff',
  cross: '#1f2733',
}

/** White is dimmed, as a mesh without data would light up a dark room; it stays the lightest color on the page. */
export const darkPalette: Palette = {
  green: '#2f9a5e',
  yellow: '#e8bb1c',
  red: '#d23a36',
  white: '#dfe3e8',
  cross: '#1b222c',
}

/** The color that a cell in a state is filled with. */
export function fillOf(state: CellState, palette: Palette): string {
  switch (state) {
    case 'green': return palette.green
    case 'yellow': return palette.yellow
    case 'red': return palette.red
    case 'unreachable':
    case 'no-data': return palette.white
  }
}

/** `#rrggbb` as the 32 bits of an opaque pixel of ImageData (little endian: red in the lowest byte). */
export function pixelOf(color: string): number {
  const rgb = parseInt(color.slice(1), 16)
  return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0
}

/** The color `share` (0 to 1) of the way from one pixel to another. */
export function mixPixels(from: number, to: number, share: number): number {
  let mixed = 0xff000000
  for (const shift of [0, 8, 16]) {
    const a = (from >> shift) & 0xff
    const b = (to >> shift) & 0xff
    mixed |= Math.round(a + (b - a) * share) << shift
  }
  return mixed >>> 0
}
