import { expect, it } from 'vitest'
import { cellStates } from '../src/api/heatmap'
import { darkPalette, fillOf, lightPalette, mixPixels, pixelOf } from '../src/heatmap/palette'

it('gives the paper its colors, and both kinds of nothing its white', () => {
  expect(cellStates.map(state => fillOf(state, lightPalette)).sort()).toEqual(
    [lightPalette.white, lightPalette.white, lightPalette.green, lightPalette.yellow, lightPalette.red].sort())
  expect(fillOf('unreachable', darkPalette)).toBe(darkPalette.white)
  expect(fillOf('no-data', darkPalette)).toBe(darkPalette.white)
})

it('packs colors as ImageData wants them', () => {
  expect(pixelOf('#010203')).toBe(0xff030201)
  expect(mixPixels(pixelOf('#000000'), pixelOf('#646464'), 0.5)).toBe(pixelOf('#323232'))
})
