import { BOOLEAN } from '../../../columnar/types.js'
import { groupBy } from '../../../common/group-by.js'
import { isStreaming } from '../../physical/streaming.js'
import { call, conjunction, reference } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { canonicalText } from '../../plan/expression/same.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalPlan, LogicalPlanKind } from '../../plan/logical/plan.js'
import { inputsOf, transformPlanDown } from '../../plan/logical/transform.js'
import { Numbers } from '../../plan/rows-part.js'
import { filtered, substitute } from '../expressions.js'
import { type GroupForm, groupForm } from '../group-form.js'
import { relationKinds, relationText } from '../relation-text.js'
import type { Rule } from '../rule.js'

/**
 * Groups that a query makes several times, each time for other values of their keys, are made once for all of these: as where it joins the groups of a CTE of
 * one year with those of the next. All read them from one exchange, as they differ in nothing, and each filters them there. So TPC-DS 4, 31, 64 and 75
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
  if (plan.kind === 'filter' && plan.input.kind === 'aggregate') return groupsIn(plan.input.input)
  const found = inputsOf(plan).flatMap(groupsIn)
  return plan.kind === 'aggregate' && plan.keys.length > 0 && !plan.session ? [plan, ...found] : found
}

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
  const areAllAsked = rest.every(({ size }) => size > 0)
  // Nothing is spared where all ask the same, and little where rows of several tables have to be looked at together.
  if (rest.every(({ size }) => size === 0) || (areAllAsked && !areOfOneColumn([...ways.values()]))) return
  const either = areAllAsked ? [disjunction([...ways.values()])] : []
  const conditions = [...common.map(([, e]) => e), ...either]
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

const disjunction = (all: readonly Expression[]): Expression => (all.length === 1 ? all[0]! : call('or', BOOLEAN, all))

const areOfOneColumn = (all: readonly Expression[]): boolean =>
  new Set(all.flatMap((e) => [...referencesOf(e)])).size === 1

const isWithin = (groups: LogicalAggregate, shared: ReadonlyMap<LogicalPlan, LogicalPlan>): boolean => {
  const contains = (plan: LogicalPlan): boolean => plan === groups || inputsOf(plan).some(contains)
  return [...shared.keys()].some(contains)
}
