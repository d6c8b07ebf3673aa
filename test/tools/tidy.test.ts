import { fileURLToPath } from 'node:url'
import test from 'ava'
import { fileFaults as faultsWithin, tidyFaults } from '../../tools/tidy/check.js'
import { limitsIn } from '../../tools/tidy/limits.js'
import { unusedFaults } from '../../tools/tidy/unused.js'

const fileFaults = (file: string, text: string) => faultsWithin(file, text, { file: 300, function: 70 })

test('every file keeps the style of the house: import table, lengths, banned calls', (t) => {
  t.deepEqual(tidyFaults(fileURLToPath(new URL('../../..', import.meta.url))), [])
})

test('an import against the table is a fault, one along it is not', (t) => {
  const faults = (file: string, specifier: string) => fileFaults(file, `import { x } from '${specifier}'\n`).length
  t.is(faults('driver/mailbox.ts', '../executor/server/x.js'), 1)
  t.is(faults('connectors/kafka/source.ts', '../parquet/x.js'), 1)
  t.is(faults('connectors/kafka/source.ts', './client/x.js'), 0)
  t.is(faults('connectors/kafka/source.ts', '../api.js'), 0)
  t.is(faults('common/log.ts', '../columnar/types.js'), 1)
  t.is(faults('common/log.ts', './errors/x.js'), 0)
  t.is(faults('planner/sql/parser.ts', 'node:fs'), 1)
  t.is(faults('executor/pipelines/run-task.ts', '../../planner/optimize/x.js'), 1)
  t.is(faults('executor/pipelines/run-task.ts', '../../planner/plan/physical/plan.js'), 0)
  t.is(faults('api/local.ts', '../executor/main.js'), 0)
})

test('a launcher is known to the registry of launchers alone, and knows neither the driver nor other launchers', (t) => {
  const faults = (file: string, specifier: string) => fileFaults(file, `import { x } from '${specifier}'\n`).length
  t.is(faults('driver/launch/registry.ts', './local-threads/entry.js'), 0)
  t.is(faults('driver/driver.ts', './launch/local-threads/entry.js'), 1)
  t.is(faults('driver/launch/fleet.ts', './local-processes/local-processes.js'), 1)
  t.is(faults('api/local.ts', '../driver/launch/local-threads/entry.js'), 1)
  t.is(faults('api/local.ts', '../driver/launch/registry.js'), 0)
  t.is(faults('driver/launch/local-processes/entry.ts', './local-processes.js'), 0)
  t.is(faults('driver/launch/local-processes/entry.ts', '../launcher.js'), 0)
  t.is(faults('driver/launch/local-processes/entry.ts', '../local-threads/entry.js'), 1)
  t.is(faults('driver/launch/local-processes/entry.ts', '../../driver.js'), 1)
})

test('a function that is too long, a banned call and a bad file name are faults', (t) => {
  const long = `export function far(): void {\n${'  step()\n'.repeat(69)}}\n`
  t.regex(fileFaults('common/far.ts', long).join('\n'), /far has 71 lines, more than 70/)
  t.deepEqual(fileFaults('common/far.ts', long.replace('  step()\n', '')), [])
  t.deepEqual(fileFaults('common/x.ts', '\n'.repeat(300)), [])
  t.deepEqual(fileFaults('common/x.ts', '\n'.repeat(301)), ['common/x.ts: 301 lines, more than 300'])
  t.deepEqual(fileFaults('test/x.ts', '\n'.repeat(301)), [])
  t.regex(fileFaults('common/x.ts', "throw new Error('no')\n").join('\n'), /MillraceError/)
  t.regex(fileFaults('common/BadName.ts', '').join('\n'), /kebab-case/)
})

test('the limits are those that the table of CONTRIBUTING.md says, which must say them', (t) => {
  t.deepEqual(limitsIn('text\n  | a file | 12 |\n  | a function | 7 |\n'), { file: 12, function: 7 })
  t.throws(() => limitsIn('| a file | 12 |\n'), { message: /a function/ })
})

test('a spread of values into arguments is a fault, one into an object or a list is not', (t) => {
  for (const line of [
    'rows.push(...more)',
    'rows.push(first, ...more)',
    'Math.max(0, ...sizes)',
    'f.apply(null, rows)',
  ]) {
    t.regex(fileFaults('common/x.ts', line).join('\n'), /append of common\/append\.ts/, line)
  }
  for (const line of ['rows.push({ ...row, id })', 'const all = [...rows, ...more]', 'rule.apply(plan)']) {
    t.deepEqual(fileFaults('common/x.ts', line), [], line)
  }
})

test('a test that takes any condition for the one it waits for is a fault', (t) => {
  const faults = (line: string): string => fileFaults('test/x.test.ts', `${line}\n`).join('\n')
  t.regex(faults('t.throws(run, { instanceOf: MillraceError })'), /raised or refusal/)
  t.regex(faults('t.throws(run, { instanceOf: MillraceError, message: /x/ })'), /raised or refusal/)
  t.is(faults("await raised(t, run, 'PATH_NOT_FOUND')"), '')
})

test('an option of a connector is a fault outside of it', (t) => {
  const line = "const topic = options['subscribePattern']\n"
  for (const file of ['driver/x.ts', 'api/stream/x.ts', 'planner/x.ts'])
    t.regex(fileFaults(file, line).join('\n'), /question to the connector/, file)
  for (const file of ['connectors/kafka/x.ts', 'api/sources/formats.ts']) t.deepEqual(fileFaults(file, line), [], file)
})

test('an export that nothing imports and a file that nothing starts are faults', (t) => {
  const faults = unusedFaults([
    {
      path: 'api/index.ts',
      text: "export { used } from '../driver/a.js'\nimport * as all from '../driver/whole.js'\nstart(ownFile('driver/placed.js'))\n",
    },
    { path: 'driver/a.ts', text: 'export const used = 1\nexport const unused = 2\nexport interface Kind {}\n' },
    { path: 'driver/whole.ts', text: "export const any = 1\nexport const load = () => import('./lazy.js')\n" },
    { path: 'driver/placed.ts', text: 'export const entry = 1\n' },
    { path: 'driver/lazy.ts', text: 'export const any = 1\nexport function never() {}\n' },
    { path: 'driver/lost.ts', text: 'export const lost = 1\n' },
  ])
  t.deepEqual(faults, [
    'driver/a.ts: nothing imports unused; do not export it',
    'driver/lazy.ts: nothing imports never; do not export it',
    'driver/lost.ts: nothing imports or starts it',
  ])
})

test('a routine of the host that no plan names is a fault', (t) => {
  const files = [
    {
      path: 'api/index.ts',
      text: "import { plan } from '../planner/plan.js'\nimport { FILES } from '../executor/routines/index.js'\n",
    },
    { path: 'planner/plan.ts', text: "export const plan = 'dates.named'\n" },
    { path: 'executor/routines/index.ts', text: "export const FILES = () => import('./dates.js')\n" },
    { path: 'executor/routines/dates.ts', text: 'export const named = 1\nexport const never = 2\n' },
  ]
  t.deepEqual(unusedFaults(files), ['executor/routines/dates.ts: nothing imports never; do not export it'])
})

test('a kernel that no code names is a fault, and so is a layout that is only compared when kernels are loaded', (t) => {
  const faults = unusedFaults([
    {
      path: 'api/index.ts',
      text: "import { load } from '../executor/load.js'\nimport '../executor/kernels/layout.js'\n",
    },
    {
      path: 'executor/load.ts',
      text: "import { KERNEL_SIGNATURES } from './kernels/interface/generated.js'\nexport const load = 'bytesEqual'\n",
    },
    {
      path: 'executor/kernels/interface/generated.ts',
      text: "export const KERNEL_SIGNATURES = {\n  bytesEqual: 'i32 -> i32',\n  murmur2: '->',\n} as const\n",
    },
    { path: 'executor/kernels/interface/table.ts', text: 'export const TABLE_MASK = 4\nexport const TABLE_LOST = 8\n' },
    {
      path: 'executor/kernels/layout.ts',
      text: "import * as table from './interface/table.js'\nexport const LAYOUT = { ...table }\n",
    },
    {
      path: 'executor/kernels/assembly/sort.ts',
      text: "import { TABLE_MASK } from '../interface/table'\nexport function murmur2(): void {}\n",
    },
    { path: 'test/murmur2.test.ts', text: "import { LAYOUT } from '../executor/kernels/layout.js'\nmurmur2()\n" },
  ])
  t.deepEqual(faults, [
    'executor/kernels/interface/table.ts: nothing imports TABLE_LOST; do not export it',
    'executor/kernels/interface/generated.ts: nothing calls murmur2; do not export it from the index of the kernels',
  ])
})

test('what follows a function of one line, or of one expression, does not count as its length', (t) => {
  const long = `class Long {\n${'  readonly x = 1\n'.repeat(90)}}\n`
  t.deepEqual(fileFaults('common/x.ts', `const short = (x: string): Error => make(x)\n\n${long}`), [])
  t.deepEqual(
    fileFaults('common/x.ts', `const short = (x: string): Made =>\n  make((y) => {\n    x(y)\n  })\n\n${long}`),
    [],
  )
  const made = `const long = (x: string): Made =>\n  make((y) => {\n${'    x(y)\n'.repeat(90)}  })\n\nexport const one = 1\n`
  t.is(fileFaults('common/x.ts', made)[0], 'common/x.ts:1: long has 93 lines, more than 70')
})
