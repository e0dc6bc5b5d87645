/** What `GET /api/v1/heatmap` answers, after the check in `parseHeatmap.ts`. Times are Unix seconds, latencies microseconds. */
export interface Heatmap {
  readonly live: boolean
  /** Start of the time range, inclusive. */
  readonly from: number
  /** End of the time range, exclusive. */
  readonly to: number
  /** Hosts in the topology. */
  readonly hosts: number
  readonly thresholds: Thresholds
  /** In the topology's order: the pods of a podset, and the podsets of a dc, follow each other. */
  readonly pods: readonly Pod[]
  readonly cells: Cells
  /** What stands out, as a sentence; null when the server says nothing of it. */
  readonly pattern: string | null
}

/** From where on a cell is yellow and red, and a drop rate is too high. */
export interface Thresholds {
  readonly yellowUs: number
  readonly redUs: number
  readonly dropRate: number
}

export interface Pod {
  /** `dc/podset/pod`. */
  readonly path: string
  readonly dc: string
  readonly podset: string
  readonly pod: string
  /** Hosts in the pod. */
  readonly hosts: number
}

/** One row for each pod pair that has probes, in parallel arrays: a mesh of 1000 pods has a million rows. */
export interface Cells {
  readonly count: number
  /** Index into `pods` of the probing pod. */
  readonly source: Int32Array
  /** Index into `pods` of the probed pod. */
  readonly target: Int32Array
  readonly probes: Float64Array
  readonly failures: Float64Array
  readonly drops: Float64Array
  /** Microseconds; NaN where no probe succeeded. */
  readonly p50Us: Float64Array
  /** Microseconds; NaN where no probe succeeded. */
  readonly p99Us: Float64Array
  /** Index into `cellStates`. */
  readonly state: Uint8Array
}

/** The states of a cell by the server's names; a cell's state is an index into this. `no-data` is 0, so that an unset byte means it. */
export const cellStates = ['no-data', 'unreachable', 'green', 'yellow', 'red'] as const

export type CellState = (typeof cellStates)[number]
