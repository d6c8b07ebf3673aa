import { BIGINT, BOOLEAN, type DataType, INT, TINYINT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, cast, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import type { LiteralValue } from '../../plan/expression/literal.js'
import { canonicalText } from '../../plan/expression/same.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { siteOf } from '../expressions.js'
import { checkArity } from '../functions/definition.js'
import { keep } from '../names/visible.js'
import { sessionOf } from '../sessions.js'
import type { GroupKey, GroupKeys } from './group-keys.js'
import { GROUPING_FUNCTIONS } from './of-group.js'

/** The number of a grouping set has a bit for each key. */
const MAX_KEYS = 63

/**
 * The grouping sets of a GROUP BY. Each row comes once for each set, with the number of the set, in which a bit is 1 for a key that it leaves
 * out, the last key's the lowest; keys left out are NULL.
 */
export class GroupingSets {
  readonly #keys: readonly GroupKey[]
  readonly #sets: readonly ReadonlySet<number>[]
  readonly #number: Attribute
  readonly #nextId: () => ExprId

  /** @throws GROUPING_SIZE_LIMIT_EXCEEDED */
  constructor({ keys }: GroupKeys, sets: readonly ReadonlySet<number>[], nextId: () => ExprId) {
    if (keys.length > MAX_KEYS) throw new MillraceError('GROUPING_SIZE_LIMIT_EXCEEDED', { maxSize: MAX_KEYS })
    this.#keys = keys
    this.#sets = sets
    this.#nextId = nextId
    this.#number = Object.freeze({ id: nextId(), name: 'spark_grouping_id', type: BIGINT, nullable: false })
  }

  /** What `grouping`, `grouping_id` and `grouping__id` are, below the GROUP BY and above it. */
  valueOf(e: UnresolvedExpression, resolve: (e: UnresolvedExpression) => Expression): Expression {
    const number = this.#isOneGroup ? literal(BIGINT, 0n) : reference(this.#number, e.origin)
    if (e.kind !== 'function') return number
    const args = e.args.map(resolve)
    checkArity(GROUPING_FUNCTIONS[e.name]!, args.length, siteOf(e, e.name, undefined))
    if (e.name === 'grouping') return this.#isLeftOut(args[0]!, number)
    const texts = args.map(canonicalText)
    const areKeys = texts.length === this.#keys.length && this.#keys.every((key, i) => textOf(key) === texts[i])
    if (args.length === 0 || areKeys) return number
    const parameters = { groupingIdColumn: columns(args), groupByColumns: this.#keyColumns }
    throw new MillraceError('GROUPING_ID_COLUMN_MISMATCH', parameters, { origin: e.origin })
  }

  get #keyColumns(): string {
    return columns(this.#keys.map(({ expression }) => expression))
  }

  #isLeftOut(key: Expression, number: Expression): Expression {
    const position = this.#keys.findIndex((other) => textOf(other) === canonicalText(key))
    if (position < 0) {
      const parameters = { grouping: columns([key]), groupingColumns: this.#keyColumns }
      throw new MillraceError('GROUPING_COLUMN_MISMATCH', parameters, { origin: number.origin })
    }
    const shifted = call('int_divide', BIGINT, [number, literal(BIGINT, this.#bitOf(position))])
    return cast(call('remainder', BIGINT, [shifted, literal(BIGINT, 2n)]), TINYINT, 'ansi')
  }

  #bitOf(position: number): bigint {
    return 1n << BigInt(this.#keys.length - 1 - position)
  }

  /** One set without keys is a GROUP BY without keys: it has a group even where there are no rows. Such a set among others has none then. */
  get #isOneGroup(): boolean {
    return this.#keys.length === 0 && this.#sets.length === 1
  }

  /** The rows once for each set, and the keys by which they are grouped then. */
  expanded(input: LogicalPlan): { readonly input: LogicalPlan; readonly keys: readonly NamedExpression[] } {
    if (this.#isOneGroup) return { input, keys: [] }
    const { input: computed, expressions } = this.#withComputedKeys(input)
    const added: Attribute[] = [this.#number]
    const constants: ((set: ReadonlySet<number>, at: number) => LiteralValue)[] = [(set) => this.#numberOf(set)]
    const add = (name: string, type: DataType, constant: (set: ReadonlySet<number>, at: number) => LiteralValue) => {
      const column: Attribute = Object.freeze({ id: this.#nextId(), name, type, nullable: false })
      added.push(column)
      constants.push(constant)
      return column
    }
    const keys = this.#keys.map(({ id, name, isLeftOut }, position): NamedExpression => {
      const value = expressions[position]!
      if (!isLeftOut) return Object.freeze({ id, name, expression: value })
      if (sessionOf(value, computed))
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'session windows that grouping sets leave out' })
      const when = reference(add(`has ${name}`, BOOLEAN, (set) => set.has(position)))
      const { type } = value
      const expression: Expression = Object.freeze({ kind: 'case', branches: [{ when, value }], type, nullable: true })
      return Object.freeze({ id, name, expression })
    })
    const ofSets = [keep(this.#number)]
    // A set that is there twice has its rows twice.
    if (this.#areEqual()) ofSets.push(keep(add('grouping_pos', INT, (_, at) => at)))
    const copies = this.#sets.map((set, at) => constants.map((constant) => constant(set, at)))
    return { input: Object.freeze({ kind: 'expand', input: computed, copies, added }), keys: [...keys, ...ofSets] }
  }

  #numberOf(set: ReadonlySet<number>): bigint {
    return this.#keys.reduce((number, _, position) => (set.has(position) ? number : number | this.#bitOf(position)), 0n)
  }

  #areEqual(): boolean {
    return new Set(this.#sets.map((set) => this.#numberOf(set))).size < this.#sets.length
  }

  /** Keys are computed once for a row, and not for each of its copies. */
  #withComputedKeys(input: LogicalPlan): { readonly input: LogicalPlan; readonly expressions: readonly Expression[] } {
    const computed = new Map<GroupKey, NamedExpression>()
    for (const key of this.#keys)
      if (key.expression.kind !== 'attribute') computed.set(key, Object.freeze({ ...key, id: this.#nextId() }))
    const expressions = this.#keys.map((key) => {
      const column = computed.get(key)
      return column ? reference({ ...column, ...column.expression, id: column.id, name: key.name }) : key.expression
    })
    if (computed.size === 0) return { input, expressions }
    const projections = [...outputOf(input).map(keep), ...computed.values()]
    return { input: Object.freeze({ kind: 'project', input, projections }), expressions }
  }
}

const textOf = ({ expression }: GroupKey): string => canonicalText(expression)
const columns = (expressions: readonly Expression[]): string => expressions.map((e) => sqlText(e)).join(',')
