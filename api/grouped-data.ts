import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import type { Column } from './column.js'
import { DataFrame } from './data-frame.js'
import { avg, count, max, min, sum } from './functions.js'
import type { Session } from './session.js'

/** Rows in groups, waiting for what is to be computed of each. The result has the keys first. */
export class GroupedData {
  readonly #session: Session
  readonly #input: UnresolvedRelation
  readonly #keys: readonly Column[]

  constructor(session: Session, input: UnresolvedRelation, keys: readonly Column[]) {
    this.#session = session
    this.#input = input
    this.#keys = keys
  }

  agg(...aggregates: readonly Column[]): DataFrame {
    const keys = this.#keys.map((key) => key.expression)
    const output = [...keys, ...aggregates.map((aggregate) => aggregate.expression)].map((e) =>
      e.kind === 'function' && e.name === 'window' ? ({ kind: 'alias', child: e, name: 'window' } as const) : e,
    )
    return new DataFrame(this.#session, {
      kind: 'aggregate',
      input: this.#input,
      groupBy: keys.map(withoutAlias),
      output,
    })
  }

  count(): DataFrame {
    return this.agg(count().as('count'))
  }

  sum(...columns: readonly string[]): DataFrame {
    return this.agg(...columns.map(sum))
  }

  avg(...columns: readonly string[]): DataFrame {
    return this.agg(...columns.map(avg))
  }

  min(...columns: readonly string[]): DataFrame {
    return this.agg(...columns.map(min))
  }

  max(...columns: readonly string[]): DataFrame {
    return this.agg(...columns.map(max))
  }
}

const withoutAlias = (e: Column['expression']): Column['expression'] => (e.kind === 'alias' ? e.child : e)
