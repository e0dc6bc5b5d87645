import type { Pod } from '../api/heatmap'

/** A run of pods that one label on an axis stands for. */
export interface Group {
  readonly label: string
  /** Index of its first pod. */
  readonly first: number
  readonly count: number
}

/** How the pods of one axis are grouped, outermost first. */
export interface Grouping {
  readonly dcs: readonly Group[]
  readonly podsets: readonly Group[]
  readonly pods: readonly Group[]
}

/** Groups pods that follow each other; podsets of the same name in different dcs are different groups. */
export function groupPods(pods: readonly Pod[]): Grouping {
  return {
    dcs: runs(pods, pod => pod.dc, pod => pod.dc),
    podsets: runs(pods, pod => pod.podset, pod => `${pod.dc}/${pod.podset}`),
    pods: pods.map((pod, first) => ({ label: pod.pod, first, count: 1 })),
  }
}

function runs(pods: readonly Pod[], label: (pod: Pod) => string, key: (pod: Pod) => string): Group[] {
  const groups: Group[] = []
  let first = 0
  for (let i = 1; i <= pods.length; i++) {
    const end = pods[i]
    if (end !== undefined && key(end) === key(pods[first]!)) continue
    groups.push({ label: label(pods[first]!), first, count: i - first })
    first = i
  }
  return groups
}
