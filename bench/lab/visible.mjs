#!/usr/bin/env node
// How soon each kind of fault shows on the heatmap: puts them into a lab one by one, and waits until a cell is not as in
// a healthy fabric (red, crossed, missing, or with failures or drops). Needs what the lab needs. About eight minutes:
//
//   bench/lab/visible.mjs
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../pingmesh', import.meta.url))
const name = `visible${process.pid}`
const port = 9350
const longest = 40

const faults = [
  ['random-loss', 'dc1-spine1', '--percent', '20'],
  ['random-loss', 'dc1-ps1-leaf1~dc1-spine1', '--percent', '30'],
  ['blackhole-pairs', 'dc1/spines', '--percent', '40'],
  ['blackhole-pairs', 'dc1-ps1-pod1-tor', '--from', 'dc1-ps1-pod1-h1', '--to', 'dc1-ps1-pod2-h1'],
  ['blackhole-ports', 'dc1-ps1-pod1-tor', '--source-ports', 'mod 4 = 2'],
  ['blackhole-prefix', 'dc1/spines', '--prefix', '10.1.3.0/24'],
  ['latency', 'dc1-spine1', '--delay', '6ms'],
  ['rate-limit', 'dc1-ps1-pod1-h1', '--rate', '64kbit'],
  ['switch-down', 'dc1/spines'],
  ['power-loss', 'dc1/ps2/pod1'],
  ['slow-host', 'dc1-ps1-pod1-h2', '--delay', '6ms'],
  ['host-down', 'dc1-ps1-pod1-h2'],
  ['mtu', 'dc1-ps1-pod1-tor', '--above', '1400'],
  ['qos-loss', 'dc1-spine1', '--dscp', '8', '--percent', '50'],
  ['asymmetry', 'dc1-ps1-pod1-tor', '--via', 'dc1-ps1-leaf2'],
  ['link-down', 'dc1-ps1-leaf1~dc1-spine1'],
]

function lab(...args) {
  const run = spawnSync(program, ['lab', ...args, '--name', name], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`lab ${args.join(' ')}: ${run.stderr}`)
  return run.stdout
}

const sleep = seconds => new Promise(done => setTimeout(done, seconds * 1000))
const sum = values => values.reduce((a, b) => a + b, 0)

async function isHealthy() {
  const { scopes, cells } = await (await fetch(`http://127.0.0.1:${port}/api/v1/heatmap`)).json()
  return cells.state.length === scopes.length ** 2 && cells.state.every(state => state === 'green') && sum(cells.failures) + sum(cells.drops) === 0
}

async function secondsUntil(healthy, limit) {
  const began = Date.now()
  while (await isHealthy() !== healthy) {
    if (Date.now() - began > limit * 1000) return null
    await sleep(0.2)
  }
  return (Date.now() - began) / 1000
}

console.log(lab('up', '--port', String(port)).split('\n')[0])
try {
  for (const [kind, at, ...options] of faults) {
    if (await secondsUntil(true, 90) === null) throw new Error('the fabric does not become healthy')
    lab('fault', 'add', kind, '--at', at, ...options)
    const seconds = await secondsUntil(false, longest)
    console.log(`${kind.padEnd(17)} ${at.padEnd(26)} ${seconds === null ? `nothing in ${longest} s` : `${seconds.toFixed(1)} s`}`)
    lab('fault', 'clear')
  }
} finally {
  lab('down')
}
