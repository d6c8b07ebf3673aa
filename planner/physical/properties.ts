import type { Expression, SortOrder } from '../plan/expression/expression.js'
import { sameExpression } from '../plan/expression/same.js'
import type { Partitioning } from '../plan/physical/partitioning.js'

/** How the rows of an operator lie: which task has which, and in what order each task has them. */
export interface Properties {
  readonly partitioning: Partitioning | { readonly kind: 'unknown' } | { readonly kind: 'everywhere' }
  /** The order of the rows within each task; empty for none. */
  readonly ordering: readonly SortOrder[]
}

/** What an operator needs of an input to be right. */
export interface Requirement {
  readonly distribution: RequiredDistribution
  readonly ordering: readonly SortOrder[]
}

export type RequiredDistribution =
  | { readonly kind: 'any' }
  /** All rows in one task. */
  | { readonly kind: 'single' }
  /** All rows in every task. */
  | { readonly kind: 'everywhere' }
  /**
   * Rows with equal keys in the same task. `exact`: by the hash of just these keys into the number of partitions of all shuffles, so that
   * two inputs, or a batch and the state of the ones before, lie alike; with `buckets` by the buckets of so many that Spark's hash of them tells.
   */
  | {
      readonly kind: 'clustered'
      readonly keys: readonly Expression[]
      readonly exact: boolean
      readonly buckets?: number
    }
  /** What a task has comes before what the next one has. */
  | { readonly kind: 'ranges'; readonly orders: readonly SortOrder[] }

const unordered = (distribution: RequiredDistribution): Requirement => Object.freeze({ distribution, ordering: [] })

export const ANYHOW = unordered({ kind: 'any' })
export const IN_ONE_TASK = unordered({ kind: 'single' })
export const EVERYWHERE = unordered({ kind: 'everywhere' })
export const clustered = (keys: readonly Expression[], exact: boolean): Requirement =>
  keys.length === 0 ? IN_ONE_TASK : unordered({ kind: 'clustered', keys, exact })

export const inBuckets = (keys: readonly Expression[], buckets: number): Requirement =>
  unordered({ kind: 'clustered', keys, exact: true, buckets })

export const inOrder = (ordering: readonly SortOrder[]): Requirement => Object.freeze({ ...ANYHOW, ordering })
export const inRanges = (orders: readonly SortOrder[]): Requirement => unordered({ kind: 'ranges', orders })

export const UNKNOWN: Properties = { partitioning: { kind: 'unknown' }, ordering: [] }
export const SINGLE: Properties = { partitioning: { kind: 'single' }, ordering: [] }

/** @param partitions of all shuffles of the query */
export function isDistributed(
  provided: Properties['partitioning'],
  required: RequiredDistribution,
  partitions: number,
): boolean {
  switch (required.kind) {
    case 'any':
      return true
    case 'single':
    case 'everywhere':
      return provided.kind === required.kind
    case 'clustered': {
      const { keys } = required
      if (provided.kind === 'single') return !required.exact
      if (!required.exact) {
        // Rows that agree in all keys agree in some of them.
        const own = keysOf(provided)
        return own?.every((key) => keys.some((other) => sameExpression(key, other))) === true
      }
      const { buckets } = required
      if (provided.kind !== (buckets === undefined ? 'hash' : 'bucket')) return false
      const isSame =
        provided.keys.length === keys.length && keys.every((key, i) => sameExpression(key, provided.keys[i]!))
      return isSame && provided.partitions === (buckets ?? partitions)
    }
    case 'ranges': {
      if (provided.kind === 'single') return true
      if (provided.kind !== 'range') return false
      // Ranges by some more orders, or by the first ones only, come one after the other as well.
      return isOrdered(provided.orders, required.orders) || isOrdered(required.orders, provided.orders)
    }
  }
}

/** What rows agree in that are in one partition whenever they agree in it. */
function keysOf(partitioning: Properties['partitioning']): readonly Expression[] | undefined {
  switch (partitioning.kind) {
    case 'hash':
    case 'bucket':
      return partitioning.keys
    case 'range':
      return partitioning.orders.map(({ expression }) => expression)
    case 'single':
    case 'inTurn':
    case 'byTask':
    case 'unknown':
    case 'everywhere':
      return undefined
  }
}

/** Whether rows ordered one way are ordered the other way as well. */
export const isOrdered = (provided: readonly SortOrder[], required: readonly SortOrder[]): boolean =>
  required.every((order, i) => {
    const own = provided[i]
    const isSameWay = own?.direction === order.direction && own.nulls === order.nulls
    return own !== undefined && isSameWay && sameExpression(own.expression, order.expression)
  })

/**
 * The properties in terms of an output that has only some of the input's expressions: what is known of others is lost.
 * @param outputs for each column of the output what it is of the input
 */
export function throughProjection(
  { partitioning, ordering }: Properties,
  outputs: readonly (Expression | undefined)[],
  boundTo: (ordinal: number) => Expression,
): Properties {
  const found = (e: Expression): Expression | undefined => {
    const ordinal = outputs.findIndex((output) => output !== undefined && sameExpression(output, e))
    return ordinal < 0 ? undefined : boundTo(ordinal)
  }
  return Object.freeze({ partitioning: projected(partitioning, found), ordering: leading(ordering, found) })
}

function projected(
  partitioning: Properties['partitioning'],
  found: (e: Expression) => Expression | undefined,
): Properties['partitioning'] {
  switch (partitioning.kind) {
    case 'hash':
    case 'bucket': {
      const keys = partitioning.keys.flatMap((key) => found(key) ?? [])
      return keys.length < partitioning.keys.length ? UNKNOWN.partitioning : { ...partitioning, keys }
    }
    case 'range': {
      const orders = leading(partitioning.orders, found)
      return orders.length < partitioning.orders.length ? UNKNOWN.partitioning : { ...partitioning, orders }
    }
    case 'single':
    case 'inTurn':
    case 'byTask':
    case 'unknown':
    case 'everywhere':
      return partitioning
  }
}

/** The orders up to the first that is not there any more. */
function leading(
  ordering: readonly SortOrder[],
  found: (e: Expression) => Expression | undefined,
): readonly SortOrder[] {
  const orders: SortOrder[] = []
  for (const order of ordering) {
    const expression = found(order.expression)
    if (expression === undefined) break
    orders.push({ ...order, expression })
  }
  return orders
}
