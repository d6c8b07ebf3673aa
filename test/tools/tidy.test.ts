import { fileURLToPath } from 'node:url'
import test from 'ava'
import { fileFaults, tidyFaults } from '../../tools/tidy/check.js'

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
