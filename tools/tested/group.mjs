// Runs several test files one after the other in a process of ava, each by a runner of its own with its hooks: what starts a process and compiles
// code for the first time is half of what most files take. To ava they are one file, whose tests are named by theirs.
import { createRequire, register } from 'node:module'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { setCurrent } from './current-test.mjs'
import { OURS } from './places.mjs'

const avaUrl = new URL('../../node_modules/ava/lib/', import.meta.url)
const require = createRequire(avaUrl)
const { default: Runner } = await import(new URL('runner.js', avaUrl).href)
const channel = require('./worker/channel.cjs')
const options = require('./worker/options.cjs').get()
const { waitForReady } = require('./worker/state.cjs')

/** As ava names the tests of a file. */
const nameOf = (file) =>
  relative(join(OURS, 'test'), file)
    .replace(/\.test\.js$/, '')
    .replaceAll('/', ' › ')

/** Gives the process the variables that it had before. */
function restoreVariables(before) {
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name]
  Object.assign(process.env, before)
}

async function runFile(file) {
  const runner = new Runner({ ...options, file })
  // The group itself is not ready until all its files are done.
  runner.waitForReady = []
  channel.peerFailed.then(() => runner.interrupt())
  const name = nameOf(file)
  runner.on('stateChange', (state) =>
    channel.send(state.title === undefined ? state : { ...state, title: `${name} › ${state.title}` }),
  )
  runner.on('accessed-snapshots', (filename) => channel.send({ type: 'accessed-snapshots', filename }))
  const ended = Promise.race([
    runner.once('finish'),
    runner.once('error').then((error) => {
      throw error
    }),
  ])
  setCurrent(runner.chain)
  await import(pathToFileURL(file).href)
  if (runner.nextTaskIndex === 0) throw new Error(`there are no tests in ${name}`)
  await ended
  await runner.saveSnapshotState()
}

/** Says of rejections that nobody handles which file ran then: ava tells of them once all files have ended, by the name of the group. */
function nameRejected(running) {
  const rejected = new Map()
  process.on('unhandledRejection', (_, promise) => rejected.set(promise, running()))
  process.on('rejectionHandled', (promise) => rejected.delete(promise))
  process.on('exit', () => {
    for (const file of new Set(rejected.values())) console.error(`nobody handled a rejection while ${file} ran`)
  })
}

/** Fails a process that ends before all its files have, as one does whose only wait nothing holds; the run names what was lost. */
function failWhenCut(unended, onCut) {
  // Before what else is done at the end.
  process.prependListener('exit', (code) => {
    if (unended.length === 0) return
    onCut()
    process.exitCode = code || 1
  })
}

async function runAll(files, { onFile, onCut }) {
  const variables = { ...process.env }
  const unended = [...files]
  failWhenCut(unended, onCut)
  nameRejected(() => `dist/${unended[0] ?? files.at(-1)}`)
  for (const [i, file] of files.entries()) {
    onFile(file, files.slice(i + 1))
    try {
      await runFile(join(OURS, file))
    } catch (error) {
      // ava ends the process then, and tells why.
      setImmediate(() => {
        throw error
      })
      await new Promise(() => undefined)
    }
    // Node tells of rejections once it has nothing else to do at the moment.
    await new Promise((resolve) => setImmediate(resolve))
    restoreVariables(variables)
    unended.shift()
  }
}

/**
 * @param files by their paths in the folder of the compiler
 */
export function runGroup(files) {
  register('./group-hooks.mjs', import.meta.url)
  waitForReady.push(runAll(files, globalThis[Symbol.for('millrace.tests.running')]))
  // ava ends the group's own runner, which has no tests, once it is ready.
  test.before('start', () => undefined)
}
