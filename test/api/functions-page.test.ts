import { readFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { Column, functions } from '../../api/index.js'
import { AGGREGATES } from '../../planner/analyze/functions/aggregates/index.js'
import type { FunctionHelp } from '../../planner/analyze/functions/definition.js'
import { FAMILIES } from '../../planner/analyze/functions/registry.js'
import { GENERATORS, TABLE_GENERATORS } from '../../planner/analyze/generators/registry.js'
import { GROUPING_FUNCTIONS } from '../../planner/analyze/grouping/of-group.js'
import { OVER_WINDOWS } from '../../planner/analyze/windows/functions.js'

const PAGE = new URL('../../../docs/functions.md', import.meta.url)

const SECTIONS: readonly (readonly [
  title: string,
  table: Readonly<Record<string, { readonly help?: FunctionHelp }>>,
])[] = [
  ['Aggregates', AGGREGATES],
  ['Grouping sets', GROUPING_FUNCTIONS],
  ['Over windows, with aggregates', OVER_WINDOWS],
  ...FAMILIES,
  ['Generators: several rows or columns of a row', GENERATORS],
  ['Generators in FROM alone', TABLE_GENERATORS],
]

/** What calls no function by a name of its own. */
const OF_NO_NAME: ReadonlySet<string> = new Set('udf arrowUdf udaf udtf callFunction callUdf broadcast'.split(' '))

/** Functions of a column and a lambda. */
const OF_LAMBDAS: ReadonlySet<string> = new Set(
  'transform filter exists forall mapFilter transformKeys transformValues'.split(' '),
)

/** Arguments that a function takes while nothing is resolved. */
function argumentsOf(name: string): readonly unknown[] {
  const lambda = (x: Column): Column => x
  if (['when', 'not'].includes(name)) return [functions.lit(true), 1]
  if (OF_LAMBDAS.has(name)) return ['a', lambda]
  if (['aggregate', 'reduce', 'zipWith', 'mapZipWith'].includes(name)) return ['a', 'b', lambda]
  if (['fromJson', 'fromCsv'].includes(name)) return ['a', 'a int']
  if (['toJson', 'schemaOfJson', 'toCsv', 'schemaOfCsv'].includes(name)) return ['a']
  return ['a', 'b', 'c', 'd']
}

/** By the name of the SQL function, what of `functions` calls it. */
function callers(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const [name, make] of Object.entries(functions) as [string, (...args: unknown[]) => unknown][]) {
    if (OF_NO_NAME.has(name)) continue
    const args = argumentsOf(name)
    const { expression } = make(...args) as Column
    if (expression.kind === 'function') found.set(expression.name, [...(found.get(expression.name) ?? []), name])
  }
  return found
}

const textOf = (callers: readonly string[]): string => callers.map((js) => `\`${js}\``).join(', ')

/** What is said of a function, in a cell. */
function told({ help }: { readonly help?: FunctionHelp }): string {
  if (!help) return ''
  const examples = help.examples.map(([sql, result]) => `\`${sql}\` → \`${result}\``)
  return [`\`${help.usage}\` ${help.meaning}`, ...examples].join('<br>').replaceAll('|', '\\|')
}

function page(): string {
  const made = callers()
  const sections = SECTIONS.flatMap(([title, table]) => {
    const names = Object.keys(table)
      .filter((name) => /^[a-z]\w*$/.test(name))
      .toSorted()
    const rows = names.map((name) => `| \`${name}\` | ${textOf(made.get(name) ?? [])} | ${told(table[name]!)} |`)
    return [`## ${title}`, '', '| SQL | `functions` | |', '| --- | --- | --- |', ...rows, '']
  })
  return [
    '# Functions',
    '',
    'The functions that are built; they mean what they mean in Spark. `functions` has those in the right column, `callFunction(name, …)` calls any.',
    'Operators (`+`, `||`, `<=>`, `LIKE`, `IN`, `CASE`, `CAST`, …) are not listed. Functions of Spark that are missing here are refused by name.',
    'This page is generated: `UPDATE_GOLDEN=1 npm test` renews it.',
    '',
    ...sections,
  ].join('\n')
}

test('docs/functions.md lists the functions that there are', (t) => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, page())
  t.is(readFileSync(PAGE, 'utf8'), page())
})

test('what functions offers is a column, and calls what there is', (t) => {
  const known = new Set(SECTIONS.flatMap(([, table]) => Object.keys(table)))
  for (const [name, by] of callers()) t.true(known.has(name), `${by.join()} calls ${name}`)
  t.true(functions.sum('a') instanceof Column)
})
