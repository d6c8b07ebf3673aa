import { readFileSync } from 'node:fs'
import { COUNTERPARTS, membersOf } from './members.js'
import { reasonAgainst } from './not-applicable.js'
import { OTHERWISE, REFUSED } from './otherwise.js'

const NAMES = new URL('../../../../test/data/spark/api-names.json', import.meta.url)

interface ApiNames {
  readonly version: string
  readonly names: Readonly<Record<string, readonly string[]>>
}

type Standing =
  | { readonly kind: 'there'; readonly as: string }
  | { readonly kind: 'otherwise'; readonly as: string }
  | { readonly kind: 'not applicable'; readonly reason: string }
  | { readonly kind: 'missing' }

export interface Parity {
  readonly version: string
  readonly classes: readonly {
    readonly name: string
    readonly names: readonly { readonly name: string; readonly standing: Standing }[]
  }[]
}

/** `array_contains` → `arrayContains`. */
const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export function parity(): Parity {
  const { version, names } = JSON.parse(readFileSync(NAMES, 'utf8')) as ApiNames
  const classes = Object.entries(names).map(([of, all]) => {
    const counterpart = COUNTERPARTS[of]
    const members = counterpart ? membersOf(counterpart) : new Set<string>()
    return { name: of, names: all.map((name) => ({ name, standing: standingOf(of, name, members) })) }
  })
  return { version, classes }
}

function standingOf(of: string, name: string, members: ReadonlySet<string>): Standing {
  const as = camelCase(name)
  if (REFUSED[of]?.includes(name)) return { kind: 'missing' }
  if (members.has(as)) return { kind: 'there', as }
  const other = OTHERWISE[of]?.[name]
  if (other !== undefined) return { kind: 'otherwise', as: other }
  const reason = reasonAgainst(of, name)
  return reason === undefined ? { kind: 'missing' } : { kind: 'not applicable', reason }
}

/** How many names there are of each standing. */
export function counted(names: Parity['classes'][number]['names']) {
  const of = (kind: Standing['kind']): number => names.filter(({ standing }) => standing.kind === kind).length
  const [there, otherwise, missing] = [of('there'), of('otherwise'), of('missing')]
  return { there, otherwise, missing, notApplicable: of('not applicable'), applicable: there + otherwise + missing }
}

const code = (name: string): string => `\`${name}\``
const percent = ({ there, otherwise, applicable }: ReturnType<typeof counted>): string =>
  applicable === 0 ? '–' : `${Math.floor((100 * (there + otherwise)) / applicable)} %`

export function parityPage({ version, classes }: Parity): string {
  const rows = [...classes, { name: 'all', names: classes.flatMap(({ names }) => names) }].map(({ name, names }) => {
    const counts = counted(names)
    return `| ${name === 'all' ? name : code(name)} | ${counts.there} | ${counts.otherwise} | ${counts.missing} | ${percent(counts)} | ${counts.notApplicable} |`
  })
  return [
    '# The API beside PySpark’s',
    '',
    `The public names of PySpark ${version}, class by class, and what of them there is here. Methods and functions have Spark’s names in camel case:`,
    '`array_contains` is `arrayContains`. Not applicable is what belongs to pandas, RDDs, the JVM, Hive, Python or the client of Spark Connect, and what is not built by',
    'decision; the reason stands beside it. This page is generated: `UPDATE_GOLDEN=1 npm test` renews it.',
    '',
    '| PySpark | there | named otherwise | missing | of what applies | not applicable |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...classes.flatMap(section),
  ].join('\n')
}

function section({ name: of, names }: Parity['classes'][number]): string[] {
  const mapped = <T>(map: (name: string, standing: Standing) => T | undefined): T[] =>
    names.flatMap(({ name, standing }) => map(name, standing) ?? [])
  const there = mapped((_, standing) => (standing.kind === 'there' ? code(standing.as) : undefined))
  const missing = mapped((name, { kind }) => (kind === 'missing' ? code(name) : undefined))
  const otherwise = mapped((name, standing) =>
    standing.kind === 'otherwise' ? `${code(name)} is ${code(standing.as)}` : undefined,
  )
  const reasons = new Map<string, string[]>()
  for (const { name, standing } of names) {
    if (standing.kind !== 'not applicable') continue
    reasons.set(standing.reason, [...(reasons.get(standing.reason) ?? []), code(name)])
  }
  const here = COUNTERPARTS[of]?.name
  return [
    `## ${of}`,
    '',
    ...(here === undefined || here === of ? [] : [`Here: \`${here}\`.`, '']),
    ...(there.length > 0 ? [`- **There:** ${there.join(', ')}`] : []),
    ...(otherwise.length > 0 ? [`- **Named otherwise:** ${otherwise.join(', ')}`] : []),
    ...(missing.length > 0 ? [`- **Missing:** ${missing.join(', ')}`] : []),
    ...[...reasons].map(([reason, which]) => `- **Not applicable,** ${reason}: ${which.join(', ')}`),
    '',
  ]
}
