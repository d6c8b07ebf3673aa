import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { Session } from '../../api/index.js'
import { exportedFunctions } from '../../bench/profile/exported-functions.js'
import { ProfiledThreads } from '../../bench/profile/profiled-threads.js'
import { type ThreadProfile, whereTimeGoes } from '../../bench/profile/where-time-goes.js'
import { renderProfile } from '../../bench/profile.js'
import { ownFile } from '../../common/own-files.js'

const KERNELS = 'wasm://wasm/00000001'
const LOOPS = 'wasm://wasm/00000002'

const node = (id: number, functionName: string, url: string, children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
})

const PROFILE: ThreadProfile = {
  nodes: [
    node(1, '(root)', '', [2, 7, 8, 9]),
    node(2, 'runStep', 'file:///app/dist/executor/pipelines/running-task.js', [3]),
    node(3, 'wasm-function[7]', LOOPS, [4]),
    node(4, 'wasm-function[500]', KERNELS, [5]),
    node(5, 'wasm-function[499]', KERNELS, [6]),
    node(6, 'wasm-function[40]', KERNELS),
    node(7, '(garbage collector)', ''),
    node(8, '(idle)', ''),
    node(9, 'open', 'node:fs', [10]),
    node(10, 'Module', ''),
  ],
  samples: [2, 3, 4, 5, 6, 7, 8, 9, 10, 3],
  timeDeltas: [1, 10, 100, 200, 400, 7, 99_999, 5, 3, 20],
}

test('time is told by the kernel that was called, by generated code, folders of JavaScript and what V8 does', (t) => {
  const names = new Map([
    [500, 'groupInsert'],
    [40, 'bytesEqual'],
  ])
  t.deepEqual(whereTimeGoes([PROFILE, PROFILE], names), [
    { kind: 'kernel', name: 'bytesEqual', us: 800 },
    { kind: 'kernel', name: 'groupInsert', us: 600 },
    { kind: 'generated code', name: 'loops of operators', us: 60 },
    { kind: 'V8', name: '(garbage collector)', us: 14 },
    { kind: 'JavaScript', name: 'node', us: 10 },
    { kind: 'V8', name: 'Module()', us: 6 },
    { kind: 'JavaScript', name: 'executor/pipelines', us: 2 },
  ])
})

test('functions of the module of kernels are numbered as profiles do', (t) => {
  const bytes = readFileSync(new URL(ownFile('executor/kernels/kernels.wasm')))
  const names = [...exportedFunctions(bytes).values()]
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes))
  t.deepEqual(
    names,
    exported.filter(({ kind }) => kind === 'function').map(({ name }) => name),
  )
})

test('a profile tells what a later run takes, what the first took beyond that, and both sums', (t) => {
  const text = renderProfile(
    {
      cpuMs: [100],
      spent: [
        { kind: 'V8', name: 'Module()', us: 600 },
        { kind: 'kernel', name: 'a', us: 400 },
      ],
    },
    {
      cpuMs: [30, 20, 10],
      spent: [
        { kind: 'kernel', name: 'a', us: 999 },
        { kind: 'kernel', name: 'b', us: 1 },
      ],
    },
  )
  t.deepEqual(text.split('\n'), [
    '| | CPU ms a run | beyond that in the first |',
    '| --- | --- | --- |',
    '| kernel: a | 20.0 | 20.0 |',
    '| V8: Module() | 0.0 | 60.0 |',
    '| all else | 0.0 | -0.0 |',
    '| total | 20.0 | 80.0 |',
    '',
    'lost to the first run: 80 ms of the processor, 5.0 times a later run',
  ])
})

test.serial('all threads of a session are looked at', async (t) => {
  const session = await Session.builder().master('local[2]').getOrCreate()
  const threads = new ProfiledThreads()
  try {
    await session.sql('select count(*) from range(1000)').collect()
    await threads.connect()
    const profiles = await threads.profile(async () => {
      await session.sql('select sum(id % 7) from range(1000000)').collect()
    })
    t.true(profiles.length > 1)
    for (const { samples, timeDeltas } of profiles) t.is(samples.length, timeDeltas.length)
    t.true(profiles.some(({ nodes }) => nodes.some(({ callFrame }) => callFrame.url.includes('executor'))))
  } finally {
    threads.disconnect()
    await session.stop()
  }
})

test('a profile without a query is refused with how to ask', (t) => {
  const run = fileURLToPath(new URL('../../bench/run.js', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [run, 'profile'], { encoding: 'utf8' })
  t.is(status, 2)
  t.regex(stderr, /profile Q/)
})
