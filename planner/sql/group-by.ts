import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { checkCount, combined, cube, type GroupingSet, rollup } from '../plan/unresolved/grouping-sets.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { endsAt } from './keywords.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

type Aggregate = Extract<UnresolvedRelation, { kind: 'aggregate' }>
type GroupBy = Pick<Aggregate, 'groupBy' | 'sets'>

/** Reads what stands behind GROUP BY. */
export function readGroupBy(tokens: TokenStream): GroupBy {
  const reader = new GroupByReader(tokens)
  const sets = reader.read()
  return { groupBy: reader.keys, ...(sets ? { sets } : {}) }
}

class GroupByReader {
  readonly keys: UnresolvedExpression[] = []
  readonly #tokens: TokenStream

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
  }

  /** The grouping sets, if it has others than that of all keys. */
  read(): readonly GroupingSet[] | undefined {
    const tokens = this.#tokens
    let hasSets = false
    const elements = tokens.list((): readonly GroupingSet[] => {
      const sets = this.#sets()
      hasSets ||= sets !== undefined
      return sets ?? [[this.#key()]]
    })
    if (hasSets) return combined(elements)
    const all = this.keys.map((_, key) => [key])
    if (tokens.accept('WITH', 'ROLLUP')) return rollup(all)
    if (tokens.accept('WITH', 'CUBE')) return cube(all)
    if (!tokens.at('GROUPING', 'SETS')) return undefined
    if (this.keys.length === 0) throw tokens.unexpected()
    return this.#sets()
  }

  #key(): number {
    this.keys.push(this.#tokens.expression())
    return this.keys.length - 1
  }

  /** ROLLUP, CUBE or GROUPING SETS, if it comes next. */
  #sets(): readonly GroupingSet[] | undefined {
    const tokens = this.#tokens
    if (tokens.accept('GROUPING', 'SETS')) return this.#listed()
    for (const [word, make] of [
      ['ROLLUP', rollup],
      ['CUBE', cube],
    ] as const) {
      if (!tokens.at(word, '(') || tokens.at(word, '(', ')')) continue
      const start = tokens.next()
      const parts = this.#inParentheses(() => this.#set())
      if (parts.some((part) => part.length === 0)) throw emptySet(tokens, word, start)
      return make(parts)
    }
    return undefined
  }

  /** `(a, (b, c), ROLLUP(d), ())`. */
  #listed(): readonly GroupingSet[] {
    const sets = this.#inParentheses(() => this.#sets() ?? [this.#set()]).flat()
    checkCount(sets.length)
    return sets
  }

  /** A key, or several in parentheses. */
  #set(): GroupingSet {
    if (!this.#isInParentheses()) return [this.#key()]
    if (!this.#tokens.accept('(', ')')) return this.#inParentheses(() => this.#key())
    return []
  }

  /** Whether a set ends with the parenthesis, in which the operand of an operator may stand as well. */
  #isInParentheses(): boolean {
    return this.#tokens.at('(') && endsAt(this.#tokens, this.#tokens.closing(0) + 1)
  }

  #inParentheses<T>(read: () => T): T[] {
    const tokens = this.#tokens
    tokens.expect('(')
    const items = tokens.nested(() => tokens.list(read))
    tokens.expect(')')
    return items
  }
}

const emptySet = (tokens: TokenStream, element: string, start: Token): MillraceError =>
  new MillraceError('_LEGACY_ERROR_TEMP_0051', { element }, { origin: tokens.originFrom(start) })
