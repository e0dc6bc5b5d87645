import type { LabelStyle } from '../heatmap/painter'
import { darkPalette, lightPalette, type Palette } from '../heatmap/palette'

/** What the canvas needs of the page's colors and fonts, light or dark. */
export interface Theme {
  readonly palette: Palette
  readonly labels: LabelStyle
}

const dark = matchMedia('(prefers-color-scheme: dark)')

/** The theme that the reader's system asks for now. */
export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const family = style.fontFamily
  return {
    palette: dark.matches ? darkPalette : lightPalette,
    labels: {
      font: `12px ${family}`,
      strongFont: `600 12px ${family}`,
      text: style.getPropertyValue('--text').trim(),
      faint: style.getPropertyValue('--faint').trim(),
    },
  }
}

/** Calls back when the system changes between light and dark. */
export function onThemeChange(callback: () => void): void {
  dark.addEventListener('change', callback)
}
