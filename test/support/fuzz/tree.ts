/** The engines that a query is written for. */
export type Dialect = 'millrace' | 'duckdb'

/** What expressions and columns of random queries hold. `big` has extremes and is never calculated with. */
export type Kind = 'int' | 'big' | 'decimal' | 'double' | 'text' | 'day' | 'time' | 'truth'

/** What a piece of a query is, so that the reducer knows what may stand in its place. */
export type Role = Kind | 'query' | 'relation' | 'clause' | 'list' | 'other'

export type Part = string | Tree | Readonly<Record<Dialect, string>>

/** A piece of a query: texts and smaller pieces. The same object may stand in several places, as a key in GROUP BY and in the select list. */
export interface Tree {
  readonly role: Role
  readonly parts: readonly Part[]
  /** Between the parts of a list. */
  readonly separator?: string
}

/** Pieces that the reducer has replaced. */
export type Swaps = ReadonlyMap<Tree, Tree>

export const isTree = (part: Part): part is Tree => typeof part === 'object' && 'role' in part

/** A piece made of a template; only what is not constant is given as a part. */
export const piece =
  (role: Role) =>
  (texts: TemplateStringsArray, ...parts: readonly Part[]): Tree => ({
    role,
    parts: texts.flatMap((text, i) => [text, ...(i < parts.length ? [parts[i]!] : [])]).filter((x) => x !== ''),
  })

export const list = (parts: readonly Tree[], separator = ', '): Tree => ({ role: 'list', parts, separator })

/** A list that the reducer must keep whole: an order that would not be total without one of its keys. */
export const fixedList = (parts: readonly Tree[]): Tree => ({ role: 'other', parts, separator: ', ' })

export const NOTHING: Tree = { role: 'other', parts: [] }

export function current(tree: Tree, swaps: Swaps): Tree {
  let now = tree
  for (let next = swaps.get(now); next !== undefined; next = swaps.get(now)) now = next
  return now
}

export function textOf(tree: Tree, dialect: Dialect, swaps: Swaps = new Map()): string {
  const { parts, separator = '' } = current(tree, swaps)
  return parts
    .map((part) => (typeof part === 'string' ? part : isTree(part) ? textOf(part, dialect, swaps) : part[dialect]))
    .join(separator)
}

/** All pieces of a tree as it is now, the large ones before those in them. */
export function* pieces(tree: Tree, swaps: Swaps): Generator<Tree> {
  const now = current(tree, swaps)
  yield now
  for (const part of now.parts) if (isTree(part)) yield* pieces(part, swaps)
}
