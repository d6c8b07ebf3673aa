import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const FLAGS = '--ignoreConfig --noEmit --strict --target es2023 --module nodenext --skipLibCheck --extendedDiagnostics'

/** How many types a 60-step chain may make: about 1,500 a step over those of the package, of which each takes some microseconds. */
const MOST_INSTANTIATIONS = 120_000

/** By turns what chains are made of, `{i}` being the number of the turn. */
const STEPS = [
  ".withColumn('c{i}', col('a').plus({i}))",
  ".filter(col('b').gt({i}))",
  ".withColumn('d{i}', F.upper('name'))",
  ".select('*', col('a').as('e{i}'))",
  ".withColumnRenamed('e{i}', 'f{i}')",
  ".drop('d{i}')",
]

/** What the compiler tells of a chain: its errors, and how many types it made. */
function compiled(steps: number): { readonly errors: string; readonly instantiations: number } {
  const folder = mkdtempSync(join(tmpdir(), 'types-'))
  try {
    const turns = Array.from({ length: steps }, (_, i) =>
      STEPS[i % STEPS.length]!.replaceAll('{i}', String(Math.floor(i / STEPS.length))),
    )
    const program = [
      `import { col, type DataFrame, functions as F } from '${ROOT}dist/api/index.js'`,
      'declare const start: DataFrame<{ a: bigint; b: number; name: string }>',
      `export const end = start${turns.join('\n  ')}`,
      "export const grouped = end.groupBy('name').agg(F.sum('b').as('total'))",
      'type Row = Awaited<ReturnType<typeof end.collect>>[number]',
      'export const rowOf = (row: Row): readonly [bigint, number, string] => [row.a, row.b, row.name]',
      'export const none = (row: Row): unknown =>',
      '  // @ts-expect-error there is no such column',
      '  row.nmae',
    ].join('\n')
    const file = join(folder, 'chain.mts')
    writeFileSync(file, program)
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
    const told = output([...FLAGS.split(' '), ...types, file])
    const errors = told.split('\n').filter((line) => /error TS/.test(line))
    return { errors: errors.join('\n'), instantiations: Number(/Instantiations:\s+(\d+)/.exec(told)?.[1]) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the compiler prints, with or without errors. */
function output(args: readonly string[]): string {
  try {
    return execFileSync(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT, encoding: 'utf8' })
  } catch (error) {
    return String((error as { readonly stdout?: string }).stdout)
  }
}

test('a chain of 60 steps keeps the types of its rows, and costs the compiler a bounded number of types', (t) => {
  const { errors, instantiations } = compiled(60)
  t.is(errors, '')
  t.true(instantiations < MOST_INSTANTIATIONS, `${instantiations} instantiations`)
})
