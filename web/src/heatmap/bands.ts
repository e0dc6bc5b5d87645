import type { Group, Grouping } from './groups'
import type { Scale } from './scale'

/** Height of a line of labels, CSS pixels. */
export const labelLine = 15

const labelSpace = 6
const widestLabel = 130

/** How the labels of one level lie on an axis. */
export interface Band {
  readonly groups: readonly Group[]
  /** Along: the text runs with the axis. Across: at right angles to it, for groups too short for their text. */
  readonly direction: 'along' | 'across'
  /** Room that the band takes beside the heatmap, CSS pixels. */
  readonly thickness: number
  /** Most room for a text before it is cut, CSS pixels. */
  readonly textRoom: number
}

/** Width of a text in the label font, CSS pixels. */
export type Measure = (text: string) => number

/** The bands of one axis, outermost (dcs) first; a level whose labels find no room at all has none. */
export function makeBands(grouping: Grouping, scale: Scale, dpr: number, prefers: Band['direction'], measure: Measure): Band[] {
  return [grouping.dcs, grouping.podsets, grouping.pods].flatMap((groups, level) => {
    if (groups.every(group => group.label === '')) return []
    const extents = groups.map(group => extentOf(group, scale) / dpr)
    const widths = groups.map(group => Math.min(measure(group.label), widestLabel))
    const across: Band = { groups, direction: 'across', thickness: Math.ceil(Math.max(...widths)) + labelSpace, textRoom: widestLabel }
    const fitsAlong = widths.every((width, i) => width + labelSpace <= extents[i]!)
    const fitsAcross = extents.every(extent => extent >= labelLine - 2)
    // Group labels may lie across; only a pod label has a preferred direction, as names of pods are read one below the other.
    if (fitsAcross && !(fitsAlong && (level < 2 || prefers === 'along'))) return [across]
    if (fitsAlong) return [{ groups, direction: 'along', thickness: labelLine + 3, textRoom: Infinity }]
    return level < 2 ? [someFit(across, groups, extents, widths)].flat() : []
  })
}

/** Few large groups beside tiny ones: label those that have the room, and leave the tiny ones to the tooltip. */
function someFit(across: Band, groups: readonly Group[], extents: number[], widths: number[]): Band[] {
  const along = groups.filter((_, i) => widths[i]! + labelSpace <= extents[i]!)
  const roomy = groups.filter((_, i) => extents[i]! >= labelLine - 2)
  if (along.length > 0 && along.length * 2 >= roomy.length)
    return [{ groups: along, direction: 'along', thickness: labelLine + 3, textRoom: Infinity }]
  return roomy.length > 0 ? [{ ...across, groups: roomy }] : []
}

/** Length of a group along its axis, device pixels. */
export function extentOf(group: Group, scale: Scale): number {
  return scale.starts[group.first + group.count - 1]! + scale.cell - scale.starts[group.first]!
}
