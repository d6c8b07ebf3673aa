import { conjuncts, reference } from '../plan/expression/build.js'
import type {
  Attribute,
  AttributeReference,
  Expression,
  ExprId,
  NamedExpression,
} from '../plan/expression/expression.js'
import { mayRaise } from '../plan/expression/may-raise.js'
import { canonicalText } from '../plan/expression/same.js'
import { referencesOf } from '../plan/expression/transform.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalAggregate, LogicalFilter, LogicalJoin, LogicalPlan, LogicalUnion } from '../plan/logical/plan.js'
import { mapInputs, withInput } from '../plan/logical/transform.js'
import { filtered, substitute } from './expressions.js'

/** Groups without the filters that leave out whole groups, and these filters: they ask for values of keys only. */
export interface GroupForm {
  readonly groups: LogicalAggregate
  /** In terms of the columns of the groups. */
  readonly filters: readonly Expression[]
}

/** Columns below groups that are keys of theirs as they are, with the columns that they become. */
type Keys = ReadonlyMap<ExprId, AttributeReference>

interface Stripped {
  readonly plan: LogicalPlan
  readonly filters: readonly Expression[]
}

export function groupForm(groups: LogicalAggregate): GroupForm {
  const columns = groups.keys.map((key) => [key.id, reference(attributeOf(key))] as const)
  const { plan, filters } = strip(groups.input, through(groups.keys, new Map(columns)))
  return { groups: Object.freeze({ ...groups, input: plan }), filters }
}

/** The keys below a select list, or below other groups. */
function through(named: readonly NamedExpression[], keys: Keys): Keys {
  return new Map(
    named.flatMap(({ id, expression }) => {
      const key = keys.get(id)
      return key && expression.kind === 'attribute' ? [[expression.id, key] as const] : []
    }),
  )
}

const NONE: Keys = new Map()

function strip(plan: LogicalPlan, keys: Keys): Stripped {
  if (keys.size === 0) return { plan, filters: [] }
  switch (plan.kind) {
    case 'filter':
      return stripFilter(plan, keys)
    case 'project':
      return over(plan, strip(plan.input, through(plan.projections, keys)))
    case 'aggregate':
      return over(plan, strip(plan.input, through(plan.keys, keys)))
    case 'join':
      return stripJoin(plan, keys)
    case 'union':
      return stripUnion(plan, keys)
    default:
      return { plan, filters: [] }
  }
}

const over = (plan: Extract<LogicalPlan, { readonly input: LogicalPlan }>, below: Stripped): Stripped => ({
  plan: withInput(plan, below.plan),
  filters: below.filters,
})

/** What may raise stays where it is, behind what guards it. */
function stripFilter(plan: LogicalFilter, keys: Keys): Stripped {
  const isOfKeys = (e: Expression): boolean => {
    const used = [...referencesOf(e)]
    return used.length > 0 && used.every((id) => keys.has(id)) && !mayRaise(e)
  }
  const all = conjuncts(plan.condition)
  const below = strip(plan.input, keys)
  const rest = all.filter((e) => !isOfKeys(e))
  const own = all.filter(isOfKeys).map((e) => substitute(e, keys))
  return {
    plan: rest.length === all.length ? withInput(plan, below.plan) : filtered(below.plan, rest),
    filters: [...own, ...below.filters],
  }
}

/** Of an outer join only the side whose rows are all kept: what is asked of the other one makes rows without a match. */
function stripJoin(plan: LogicalJoin, keys: Keys): Stripped {
  if (plan.type === 'full') return { plan, filters: [] }
  const left = strip(plan.left, keys)
  const right = strip(plan.right, plan.type === 'inner' ? keys : NONE)
  const isSame = left.plan === plan.left && right.plan === plan.right
  return {
    plan: isSame ? plan : Object.freeze({ ...plan, left: left.plan, right: right.plan }),
    filters: [...left.filters, ...right.filters],
  }
}

/** What is asked of the rows of all inputs. */
function stripUnion(plan: LogicalUnion, keys: Keys): Stripped {
  const inputs = plan.inputs.map((input) => strip(input, positionally(plan.output, outputOf(input), keys)))
  const [first, ...others] = inputs.map(({ filters }) => filters.map(canonicalText).toSorted().join('\n'))
  if (others.some((text) => text !== first)) return { plan, filters: [] }
  const byInput = new Map(plan.inputs.map((input, i) => [input, inputs[i]!.plan]))
  return { plan: mapInputs(plan, (input) => byInput.get(input)!), filters: inputs[0]?.filters ?? [] }
}

function positionally(output: readonly Attribute[], ofInput: readonly Attribute[], keys: Keys): Keys {
  return new Map(
    output.flatMap(({ id }, i) => {
      const key = keys.get(id)
      return key ? [[ofInput[i]!.id, key] as const] : []
    }),
  )
}
