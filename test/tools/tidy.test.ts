import { fileURLToPath } from 'node:url'
import test from 'ava'
import { fileFaults, tidyFaults } from '../../tools/tidy/check.js'
import { unusedFaults } from '../../tools/tidy/unused.js'

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

test('a function that is too long, a banned call and a bad file name are faults', (t) => {
  const long = `export function far(): void {\n${'  step()\n'.repeat(90)}}\n`
  t.regex(fileFaults('common/far.ts', long).join('\n'), /far has 92 lines/)
  t.regex(fileFaults('common/x.ts', "throw new Error('no')\n").join('\n'), /MillraceError/)
  t.regex(fileFaults('common/BadName.ts', '').join('\n'), /kebab-case/)
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

test('an export that nothing imports and a file that nothing starts are faults', (t) => {
  const faults = unusedFaults([
    {
      path: 'api/index.ts',
      text: "export { used } from '../driver/a.js'\nimport * as all from '../driver/whole.js'\n",
    },
    { path: 'driver/a.ts', text: 'export const used = 1\nexport const unused = 2\nexport interface Kind {}\n' },
    { path: 'driver/whole.ts', text: "export const any = 1\nexport const load = () => import('./lazy.js')\n" },
    { path: 'driver/lazy.ts', text: 'export const any = 1\nexport function never() {}\n' },
    { path: 'driver/lost.ts', text: 'export const lost = 1\n' },
  ])
  t.deepEqual(faults, [
    'driver/a.ts: nothing imports unused; do not export it',
    'driver/lazy.ts: nothing imports never; do not export it',
    'driver/lost.ts: nothing imports or starts it',
  ])
})

test('what follows a function of one line does not count as its length', (t) => {
  const text = `const short = (x: string): Error => make(x)\n\nclass Long {\n${'  readonly x = 1\n'.repeat(90)}}\n`
  t.deepEqual(fileFaults('common/x.ts', text), [])
})
