import { type Kind, NOTHING, pieces, type Role, type Swaps, type Tree } from './tree.js'

/** The plainest expression of each kind. */
const PLAINEST: Readonly<Record<Kind, string>> = {
  int: '1',
  big: 'cast(1 as bigint)',
  decimal: '1.25',
  double: 'cast(1.5 as double)',
  text: "'a'",
  day: "date '2020-01-01'",
  time: "cast(date '2020-01-01' as timestamp)",
  truth: 'true',
}

const isKind = (role: Role): role is Kind => role in PLAINEST

/** What may stand in the place of a piece: nothing, a shorter list, a smaller piece of the same role, a constant. */
function* simpler(tree: Tree, swaps: Swaps): Generator<Tree> {
  const { role, parts } = tree
  if (role === 'clause') yield NOTHING
  if (role === 'list' && parts.length > 1)
    for (let i = 0; i < parts.length; i++) yield { ...tree, parts: parts.filter((_, j) => i !== j) }
  const inside = [...pieces(tree, swaps)].filter((x) => x !== tree && x.role === role)
  if (isKind(role) || role === 'query' || role === 'relation') yield* inside.toReversed()
  if (isKind(role) && (parts.length > 1 || inside.length > 0)) yield { role, parts: [PLAINEST[role]] }
}

/**
 * Makes a query smaller while it still fails: each piece is replaced by what is simpler, the large ones first. What is no query any more
 * fails in another way, so that `fails` is all that says what may be dropped.
 */
export async function reduce(
  query: Tree,
  fails: (query: Tree, swaps: Swaps) => Promise<boolean>,
  attempts = 600,
): Promise<Swaps> {
  let swaps: Swaps = new Map()
  let left = attempts
  const step = async (): Promise<boolean> => {
    for (const tree of new Set(pieces(query, swaps))) {
      for (const other of simpler(tree, swaps)) {
        if (left-- <= 0) return false
        const tried = new Map([...swaps, [tree, other]])
        if (!(await fails(query, tried))) continue
        swaps = tried
        return true
      }
    }
    return false
  }
  while (await step());
  return swaps
}
