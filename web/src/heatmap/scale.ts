import type { Grouping } from './groups'

/**
 * Where the pods lie along one axis, in device pixels from the first cell. The heatmap is symmetric: columns and rows share one scale.
 * Device pixels are whole, so that every cell is equally large and its edges are crisp.
 */
export interface Scale {
  /** From the start of one cell to the start of the next within a podset. */
  readonly pitch: number
  /** Painted part of the pitch; the rest is the thin line between cells. */
  readonly cell: number
  /** Start of each pod. */
  readonly starts: Int32Array
  /** From the start of the first cell to the end of the last. */
  readonly length: number
}

/** Lays the pods out at a pitch of `pitch` device pixels, with a gap between podsets and a wider one between dcs. */
export function makeScale(grouping: Grouping, pitch: number, dpr: number): Scale {
  const line = pitch >= 6 * dpr ? Math.max(1, Math.round(dpr)) : 0
  const podsetGap = pitch >= 6 * dpr ? Math.round(4 * dpr) : Math.max(1, Math.round(dpr))
  const dcGap = pitch >= 6 * dpr ? Math.round(12 * dpr) : Math.max(3, Math.round(4 * dpr))
  const startsDc = new Set(grouping.dcs.map(group => group.first))
  const startsPodset = new Set(grouping.podsets.map(group => group.first))
  const starts = new Int32Array(grouping.pods.length)
  let at = 0
  for (let i = 0; i < starts.length; i++) {
    if (i > 0) at += startsDc.has(i) ? dcGap : startsPodset.has(i) ? podsetGap : 0
    starts[i] = at
    at += pitch
  }
  return { pitch, cell: pitch - line, starts, length: Math.max(0, at - line) }
}

/** The pod at `position` device pixels from the first cell, or -1 in a gap between groups or outside. */
export function podAt(scale: Scale, position: number): number {
  let low = 0
  let high = scale.starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (scale.starts[middle]! <= position) low = middle + 1
    else high = middle
  }
  const pod = low - 1
  // The thin line after a cell still belongs to it, so that the pointer finds no holes in a podset.
  return pod >= 0 && position < scale.starts[pod]! + scale.pitch && position < scale.length ? pod : -1
}
