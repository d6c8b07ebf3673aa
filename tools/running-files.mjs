// Each process of a test file loads this first (`require` of ava in package.json). Under `npm test` it says which file it runs: to the run, in a
// file of its folder while it lives, and to each process that it starts, in a variable. The threads and executors of its sessions run from the
// bundle there, which loads in a third of the time, and what it imports of ours is taken from the script for tests, which loads in a seventh.
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { registerCompletionHandler } from 'ava'
import { endLeftBehind } from './left-behind.mjs'
import { noteCost } from './tested/costs.mjs'
import { useTestFlags } from './tested/flags.mjs'
import { compareQuickly } from './tested/quick-equal.mjs'
import { forgetRunning, noteRunning } from './tested/running.mjs'

/** How long a process may take to end after its last test, on a busy machine too. Tests of this give less. */
const END_MS = Number(process.env.MILLRACE_TEST_END_MS ?? 30_000)

/** Work is counted by the modules that do it. */
const COUNTS_BY_MODULE = /\/(calls|work)-counted\.js'/

const folder = process.env.MILLRACE_TEST_RUN
if (folder !== undefined) {
  useTestFlags()
  const name = relative(fileURLToPath(new URL('..', import.meta.url)), fileURLToPath(test.meta.file))
  process.env.MILLRACE_TEST_FILE = name
  if (!COUNTS_BY_MODULE.test(readFileSync(fileURLToPath(test.meta.file), 'utf8')))
    register('./tested/hooks.mjs', import.meta.url)
  await import('../dist/test/support/start-bundled.js')
  compareQuickly()
  noteRunning(folder, name, [])
  let running = name
  let isCut = false
  /** All that ran in this process: what they started has their names. */
  const ran = [name]
  /** Called when another of several files of a group is to run (tested/group.mjs), with those behind it. */
  const onFile = (file, yetToRun) => {
    noteCost(folder, running)
    running = `dist/${file}`
    ran.push(running)
    process.env.MILLRACE_TEST_FILE = running
    noteRunning(
      folder,
      running,
      yetToRun.map((each) => `dist/${each}`),
    )
  }
  /** Called when the process ends before its files have: the note of them stays. */
  const onCut = () => {
    isCut = true
  }
  globalThis[Symbol.for('millrace.tests.running')] = { onFile, onCut }
  process.on('exit', () => {
    noteCost(folder, running)
    if (!isCut) forgetRunning(folder)
  })
  registerCompletionHandler(() => {
    const end = async () => {
      const holds = [...new Set(process.getActiveResourcesInfo())].toSorted().join(', ')
      console.error(
        `${name} has not ended ${END_MS / 1000} s after its last test, and fails; what may hold it: ${holds}`,
      )
      // Only what this run has started: another run on the machine may be at the same file.
      for (const file of ran) {
        const marks = { MILLRACE_TEST_RUN: folder, MILLRACE_TEST_FILE: file }
        for (const line of await endLeftBehind(marks, { graceMs: 0 })) console.error(line)
      }
      process.exit(1)
    }
    setTimeout(end, END_MS).unref()
  })
}
