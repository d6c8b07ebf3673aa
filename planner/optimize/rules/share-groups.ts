import { BOOLEAN, sameType } from '../../../columnar/types.js'
import { groupBy } from '../../../common/group-by.js'
import { isStreaming } from '../../physical/streaming.js'
import { conjunction, conjuncts, reference } from '../../plan/expression/build.js'
import type { AttributeReference, Expression } from '../../plan/expression/expression.js'
import type { LiteralValue } from '../../plan/expression/literal.js'
import { canonicalText } from '../../plan/expression/same.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalFilter, LogicalPlan, LogicalPlanKind } from '../../plan/logical/plan.js'
import { inputsOf, transformPlanDown } from '../../plan/logical/transform.js'
import { Numbers } from '../../plan/rows-part.js'
import { filtered, substitute } from '../expressions.js'
import { type GroupForm, groupForm } from '../group-form.js'
import { relationKinds, relationText } from '../relation-text.js'
import type { Rule } from '../rule.js'

/**
 * Groups that a query makes several times, each time for other values of their keys, are made once for all of these: as where it joins the groups of a CTE of
 * one year with those of the next. All read them from one exchange, as they differ in nothing, and each filters them there. So TPC-DS 4, 11, 31, 64, 74 and 75
 * read and join their tables once.
 */
export const shareGroups: Rule = {
  name: 'share groups',
  apply(plan) {
    const all = isStreaming(plan) ? [] : groupsIn(plan)
    if (all.length < 2 || all.length > MOST_GROUPS) return plan
    const shared = new Map<LogicalPlan, LogicalPlan>()
    for (const forms of alike(all)) share(forms, shared)
    return shared.size === 0 ? plan : transformPlanDown(plan, (node) => shared.get(node) ?? node)
  },
}

/** With more groups than these no one is compared. */
const MOST_GROUPS = 64

/** What may be computed for more rows than are asked for, or once in place of twice. */
const PLAIN: ReadonlySet<LogicalPlanKind> = new Set([
  'scan',
  'local',
  'oneRow',
  'range',
  'values',
  'project',
  'filter',
  'aggregate',
  'window',
  'join',
  'union',
  'expand',
  'replicate',
])

const isPlain = (plan: LogicalPlan): boolean => PLAIN.has(plan.kind) && inputsOf(plan).every(isPlain)

/**
 * All groups by keys, the outer ones first. Of groups that are asked for what they aggregate few may be left, by which a join then leaves out most rows of those
 * that it joins them with before these are grouped: that spares more than to make both at once.
 */
function groupsIn(plan: LogicalPlan): readonly LogicalAggregate[] {
  if (plan.kind === 'filter' && plan.input.kind === 'aggregate' && leavesFew(plan, plan.input))
    return groupsIn(plan.input.input)
  const found = inputsOf(plan).flatMap(groupsIn)
  return plan.kind === 'aggregate' && plan.keys.length > 0 && !plan.session ? [plan, ...found] : found
}

/** A sum that is asked to be above zero, as before something is divided by it, is so mostly. */
const leavesFew = ({ condition }: LogicalFilter, { aggregates }: LogicalAggregate): boolean => {
  const sums = new Set(aggregates.filter(({ fn }) => fn === 'sum').map(({ id }) => id))
  return !conjuncts(condition).every((e) => {
    if (e.kind !== 'call' || (e.fn !== 'gt' && e.fn !== 'lt')) return false
    const [more, less] = e.fn === 'gt' ? e.args : [e.args[1], e.args[0]]
    return more?.kind === 'attribute' && sums.has(more.id) && less?.kind === 'literal' && ZEROS.has(less.value)
  })
}

const ZEROS: ReadonlySet<LiteralValue> = new Set([0, 0n])

interface Found extends GroupForm {
  readonly found: LogicalAggregate
}

/** Groups that differ in filters of their keys alone, or in nothing. */
function alike(all: readonly LogicalAggregate[]): readonly (readonly Found[])[] {
  const sources = new Numbers()
  // Texts are only made of those that may be the same.
  return [...groupBy(all, (groups) => relationKinds(groups, sources)).values()].flatMap((some) => {
    if (some.length < 2 || !isPlain(some[0]!)) return []
    const forms = some.map((found): Found => ({ found, ...groupForm(found) }))
    return [...groupBy(forms, ({ groups }) => relationText(groups, sources)).values()]
  })
}

/** @param shared what takes the place of groups; those within others that are shared are shared with them */
function share(all: readonly Found[], shared: Map<LogicalPlan, LogicalPlan>): void {
  const forms = all.filter(({ found }) => !isWithin(found, shared))
  const [first] = forms
  if (forms.length < 2 || !first) return
  const columns = first.groups.keys.map((key) => reference(attributeOf(key)))
  const asked = forms.map(({ groups, filters }) => {
    const own = new Map(groups.keys.map(({ id }, i) => [id, columns[i]!]))
    return byText(filters.map((e) => substitute(e, own)))
  })
  const common = [...asked[0]!].filter(([text]) => asked.every((one) => one.has(text)))
  const rest = asked.map((one) => new Map([...one].filter(([text]) => !common.some(([same]) => same === text))))
  const ways = byText(rest.map((one) => conjunction([...one.values()])).filter((one) => one !== undefined))
  // Nothing is spared where all ask the same.
  if (ways.size === 0) return
  const areAllAsked = rest.every(({ size }) => size > 0)
  const any = areAllAsked ? anyValue([...ways.values()]) : undefined
  if (areAllAsked && !any) return
  const conditions = [...common.map(([, e]) => e), ...(any ? [any] : [])]
  forms.forEach(({ found, groups }, i) => {
    const below = new Map(groups.keys.map(({ expression }, k) => [columns[k]!.id, expression]))
    const above = new Map(groups.keys.map((key, k) => [columns[k]!.id, reference(attributeOf(key))]))
    const input = filtered(
      groups.input,
      conditions.map((e) => substitute(e, below)),
    )
    const whole: LogicalAggregate = Object.freeze({ ...groups, input, isShared: true })
    shared.set(
      found,
      filtered(
        whole,
        [...rest[i]!.values()].map((e) => substitute(e, above)),
      ),
    )
  })
}

const byText = (all: readonly Expression[]): ReadonlyMap<string, Expression> =>
  new Map(all.map((e) => [canonicalText(e), e]))

/**
 * The values of one column that some condition asks for; undefined where they ask otherwise. Sources skip what has none of some values; what other conditions ask
 * in turn would have them read all.
 */
function anyValue(conditions: readonly Expression[]): Expression | undefined {
  const all = conditions.map(askedValues)
  const [first] = all
  if (!first || !all.every((one) => one?.column.id === first.column.id)) return undefined
  const { column } = first
  const list = all.flatMap((one) => one!.values)
  return Object.freeze({
    kind: 'in',
    child: column,
    list,
    type: BOOLEAN,
    nullable: column.nullable || list.includes(null),
  })
}

interface AskedValues {
  readonly column: AttributeReference
  readonly values: readonly LiteralValue[]
}

function askedValues(e: Expression): AskedValues | undefined {
  if (e.kind === 'in') return e.child.kind === 'attribute' ? { column: e.child, values: e.list } : undefined
  if (e.kind !== 'call' || e.fn !== 'eq') return undefined
  const [a, b] = e.args
  const [column, constant] = a?.kind === 'literal' ? [b, a] : [a, b]
  if (column?.kind !== 'attribute' || constant?.kind !== 'literal' || !sameType(column.type, constant.type))
    return undefined
  return { column, values: [constant.value] }
}

const isWithin = (groups: LogicalAggregate, shared: ReadonlyMap<LogicalPlan, LogicalPlan>): boolean => {
  const contains = (plan: LogicalPlan): boolean => plan === groups || inputsOf(plan).some(contains)
  return [...shared.keys()].some(contains)
}
