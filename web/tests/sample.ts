/** A mesh with data in every cell: `shape` lists dcs, each a list of podsets, each a number of pods. */
export function sampleAnswer(shape: readonly (readonly number[])[]) {
  const pods = shape.flatMap((podsets, d) =>
    podsets.flatMap((count, s) =>
      Array.from({ length: count }, (_, p) => ({
        path: `dc${d + 1}/ps${s + 1}/pod${p + 1}`, dc: `dc${d + 1}`, podset: `ps${s + 1}`, pod: `pod${p + 1}`, hosts: 3,
      }))))
  const pairs = pods.flatMap((_, source) => pods.map((_, target) => ({ source, target })))
  return {
    live: true, from: 1_790_000_000, to: 1_790_000_020, hosts: pods.length * 3,
    thresholds: { yellow_us: 4000, red_us: 5000, drop_rate: 0.001 },
    scopes: pods,
    cells: {
      source: pairs.map(pair => pair.source),
      target: pairs.map(pair => pair.target),
      probes: pairs.map(() => 3),
      failures: pairs.map(() => 0),
      drops: pairs.map(() => 0),
      p50_us: pairs.map((): number | null => 200),
      p99_us: pairs.map((): number | null => 900),
      state: pairs.map(() => 'green'),
    },
  }
}
