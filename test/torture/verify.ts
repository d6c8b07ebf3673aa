import type { TorturedBrokers } from './brokers.js'
import { type Due, dueOf, QUERIES, type QueryName, TOTALS } from './events.js'

/** What a query has written, held against what it had to. */
export interface Verdict {
  readonly query: QueryName
  readonly due: number
  readonly lost: number
  readonly repeated: number
  /** Records that it had not to write at all. */
  readonly wrong: number
  /** Some of what is not as it should be. */
  readonly examples: readonly string[]
}

export const isRight = ({ lost, repeated, wrong }: Verdict): boolean => lost + repeated + wrong === 0

export async function verify(brokers: TorturedBrokers): Promise<readonly Verdict[]> {
  const due = dueOf(await brokers.read('events'))
  const verdicts: Verdict[] = []
  for (const query of QUERIES) verdicts.push(verdictOf(query, due, await brokers.read(query)))
  return verdicts
}

export function verdictOf(query: QueryName, due: Due, written: readonly string[]): Verdict {
  if (query === 'counts') return groupsVerdict(query, due[query], written, isGrowing)
  if (query === 'totals') return groupsVerdict(query, due[query], written, areWhole)
  return recordsVerdict(query, due[query], written)
}

/** Each record as often as it is due. */
function recordsVerdict(query: QueryName, due: readonly string[], written: readonly string[]): Verdict {
  const left = new Map<string, number>()
  for (const record of due) left.set(record, (left.get(record) ?? 0) + 1)
  const [repeated, wrong]: [string[], string[]] = [[], []]
  for (const record of written) {
    const count = left.get(record)
    if (count === undefined) wrong.push(record)
    else if (count === 0) repeated.push(record)
    else left.set(record, count - 1)
  }
  const lost = [...left].flatMap(([record, count]) => Array.from({ length: count }, () => record))
  return verdict(query, due.length, lost, repeated, wrong)
}

/** The last record of each group is the one that is due, and those before it are as batches write them. */
function groupsVerdict(
  query: QueryName,
  due: readonly string[],
  written: readonly string[],
  repeats: (byGroup: ReadonlyMap<string, readonly number[]>) => readonly string[],
): Verdict {
  const last = new Map<string, string>()
  const counts = new Map<string, number[]>()
  for (const record of written) {
    const [group, count] = record.split(',')
    last.set(group!, record)
    counts.set(group!, [...(counts.get(group!) ?? []), Number(count)])
  }
  const lost = due.filter((record) => last.get(record.split(',')[0]!) !== record)
  const wrong = [...last].filter(([group]) => !due.some((record) => record.startsWith(`${group},`))).map(([, r]) => r)
  return verdict(query, due.length, lost, repeats(counts), wrong)
}

/** In update mode a batch writes a group only when it has grown. */
const isGrowing = (byGroup: ReadonlyMap<string, readonly number[]>): readonly string[] =>
  [...byGroup].flatMap(([group, counts]) =>
    counts.flatMap((count, i) => (i > 0 && count <= counts[i - 1]! ? [`${group}: ${counts[i - 1]}, ${count}`] : [])),
  )

/** In complete mode a batch writes all groups, which together have grown. */
function areWhole(byGroup: ReadonlyMap<string, readonly number[]>): readonly string[] {
  const lists = [...byGroup.values()]
  const batches = Math.max(...lists.map((counts) => counts.length))
  if (lists.length !== TOTALS || lists.some((counts) => counts.length !== batches))
    return [`groups have ${lists.map((counts) => counts.length).join(', ')} records`]
  const sums = Array.from({ length: batches }, (_, i) => lists.reduce((sum, counts) => sum + counts[i]!, 0))
  return sums.flatMap((sum, i) => (i > 0 && sum <= sums[i - 1]! ? [`all: ${sums[i - 1]}, ${sum}`] : []))
}

const MOST_EXAMPLES = 5

const verdict = (
  query: QueryName,
  due: number,
  lost: readonly string[],
  repeated: readonly string[],
  wrong: readonly string[],
): Verdict => ({
  ...{ query, due, lost: lost.length, repeated: repeated.length, wrong: wrong.length },
  examples: [
    ...lost.slice(0, MOST_EXAMPLES).map((record) => `lost ${record}`),
    ...repeated.slice(0, MOST_EXAMPLES).map((record) => `repeated ${record}`),
    ...wrong.slice(0, MOST_EXAMPLES).map((record) => `wrong ${record}`),
  ],
})
