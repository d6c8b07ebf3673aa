// `npm test`: installs when needed, builds, runs every test and ends with the line `N passed, N failed[, N skipped]`.
// Arguments are passed on to ava, for example: npm test -- dist/test/columnar/block.test.js
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'
import { runChild } from './run-child.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
await ensureInstalled(root)
const built = await runChild(process.execPath, ['tools/build.mjs'], { cwd: root })
if (built !== 0) process.exit(built)

const counts = { passed: 0, failed: 0, skipped: 0 }
function report(ava) {
  createInterface({ input: ava.stdout }).on('line', (line) => {
    const result = /^(not )?ok \d+ - (.*)$/.exec(line)
    if (!result) return console.log(line)
    const kind = result[1] ? 'failed' : / # (skip|todo)\b/i.test(result[2]) ? 'skipped' : 'passed'
    counts[kind]++
    if (kind !== 'passed' || !process.env.CI)
      console.log(`${{ passed: '✔', failed: '✘', skipped: '-' }[kind]} ${result[2]}`)
  })
}

const ava = ['node_modules/ava/entrypoints/cli.mjs', '--tap', ...process.argv.slice(2)]
const code = await runChild(process.execPath, ava, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }, report)
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
const skipFails = process.env.MILLRACE_REQUIRE_ALL === '1' && counts.skipped > 0
if (skipFails) console.error('MILLRACE_REQUIRE_ALL=1: a skipped test counts as a failure')
if (counts.passed + counts.failed === 0) console.error('no test ran')
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
process.exitCode = code !== 0 || skipFails || counts.failed > 0 || counts.passed === 0 ? 1 : 0
