// `npm test`: installs when needed, builds, runs every test and ends with the line `N passed, N failed[, N skipped]`.
// Arguments are passed on to ava, for example: npm test -- dist/test/columnar/block.test.js
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'
import { endLeftBehind, seesProcesses } from './left-behind.mjs'
import { runChild } from './run-child.mjs'
import { endOf, outcomeOf } from './tested/outcome.mjs'
import { lostFiles, runningFiles } from './tested/running.mjs'

/** After so long a run has failed, whatever still runs. A quiet machine with two processors needs about twenty. */
const MOST_MINUTES = Number(process.env.MILLRACE_TEST_MINUTES ?? 60)
/** What a timer can wait, and more than any run needs. */
const LONGEST_MINUTES = 30_000
/** How long ava may take to end once it has told the counts, and again when what was left behind has ended: it waits for whoever has the output of its processes. */
const END_MS = 10_000
/** What a test file and the processes that it starts may need. */
const FILE_BYTES = 1.5 * 2 ** 30

if (!(MOST_MINUTES > 0 && MOST_MINUTES <= LONGEST_MINUTES)) {
  console.error(
    `MILLRACE_TEST_MINUTES is a positive number up to ${LONGEST_MINUTES}, not "${process.env.MILLRACE_TEST_MINUTES}"`,
  )
  process.exit(2)
}

const root = fileURLToPath(new URL('..', import.meta.url))
await ensureInstalled(root)
const built = await runChild(process.execPath, ['tools/build.mjs'], { cwd: root })
if (built !== 0) process.exit(built)
// Only now, as it needs what was installed.
const { bundleForTests } = await import('./tested/bundle.mjs')
await bundleForTests(root)
const { costLines } = await import('./tested/costs.mjs')
const { writeGroups } = await import('./tested/groups.mjs')
// What is named runs alone, so that it fails by itself when it does.
const asked = process.argv.length > 2 ? process.argv.slice(2) : writeGroups()

const runFolder = mkdtempSync(join(tmpdir(), 'millrace-tests-'))
process.env.MILLRACE_TEST_RUN = runFolder

const counts = { passed: 0, failed: 0, skipped: 0 }
/** What fails a run besides its tests: it was too late, or something was left behind. */
let hasFailed = false
/** Once ava has ended no timer acts: its number may be that of another process by then. */
let isOver = false
let timer

/** Ends what tests left behind, and says whose it was: that fails the run. */
async function endOfRun(...besides) {
  for (const line of await endLeftBehind({ MILLRACE_TEST_RUN: runFolder }, { besides })) {
    hasFailed = true
    console.error(line)
  }
}

/** Ends ava and what is in its process group, which fails the run; what it printed is read no further. */
function endGroup(ava) {
  hasFailed = true
  try {
    process.kill(-ava.pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
  ava.stdout.destroy()
}

function stopWhenLate(ava) {
  if (isOver) return
  endGroup(ava)
  const running = runningFiles(runFolder)
    .map(({ file }) => file)
    .join(', ')
  console.error(`the tests have not ended within ${MOST_MINUTES} minutes, and were ended; these still ran: ${running}`)
}

/** Once ava has told the counts it ends, unless something holds it. */
async function stopWhenDone(ava) {
  if (isOver) return
  await endOfRun(ava.pid)
  // It has ended meanwhile, and the run waits for no timer.
  if (isOver) return
  timer = setTimeout(() => {
    if (isOver) return
    endGroup(ava)
    console.error(`ava had not ended ${(2 * END_MS) / 1000} s after the last test, and was ended`)
  }, END_MS)
}

function report(ava) {
  timer = setTimeout(() => stopWhenLate(ava), MOST_MINUTES * 60_000)
  createInterface({ input: ava.stdout }).on('line', (line) => {
    if (/^# fail \d+$/.test(line)) {
      clearTimeout(timer)
      timer = setTimeout(() => stopWhenDone(ava), END_MS)
    }
    const outcome = outcomeOf(line)
    if (!outcome) return console.log(line)
    const { kind, title } = outcome
    counts[kind]++
    if (kind !== 'passed' || !process.env.CI)
      console.log(`${{ passed: '✔', failed: '✘', skipped: '-' }[kind]} ${title}`)
  })
}

// Files often wait for processes or brokers: twice as many as there are processors keep these busy, and none waits for long.
const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
const atOnce = Math.max(1, Math.min(2 * availableParallelism(), Math.floor(memory / FILE_BYTES)))
const inOrder = ['--config', 'tools/tested/ava.config.mjs']
const ava = ['node_modules/ava/entrypoints/cli.mjs', '--tap', ...inOrder, '--concurrency', String(atOnce), ...asked]
const code = await runChild(process.execPath, ava, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }, report)
isOver = true
clearTimeout(timer)
await endOfRun()
if (!seesProcesses) console.error('this system has no /proc: what tests leave behind is neither seen nor ended')
for (const line of costLines(runFolder, join(root, 'dist/chunks/costs.txt'), availableParallelism())) console.log(line)
const lost = lostFiles(runFolder)
for (const line of lost.lines) console.error(line)
if (lost.notRun > 0) console.error(`test files that have not run, each of which counts as a failure: ${lost.notRun}`)
rmSync(runFolder, { recursive: true, force: true })
const skipFails = process.env.MILLRACE_REQUIRE_ALL === '1' && counts.skipped > 0
if (skipFails) console.error('MILLRACE_REQUIRE_ALL=1: a skipped test counts as a failure')
if (counts.passed + counts.failed === 0) console.error('no test ran')
const { line, exitCode } = endOf(counts, {
  skipFails,
  notRun: lost.notRun,
  hasFailed: hasFailed || code !== 0 || lost.lines.length > 0,
})
console.log(line)
process.exitCode = exitCode
