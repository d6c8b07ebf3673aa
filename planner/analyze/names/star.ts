import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import { reference } from '../../plan/expression/build.js'
import type { Attribute, ExprId } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { FrameTag } from '../../plan/unresolved/frame-tags.js'
import { columnsOfFrame, wholeFrame } from './frame-columns.js'
import { nameFitting } from './names.js'
import { getField, isQualifiedBy, lookUp, resolveName, type Scope } from './scope.js'
import { type Expanded, withoutExcepted } from './star-except.js'

const columnsOfRelation = ({ attributes }: Scope, relation: readonly string[]): readonly Attribute[] =>
  attributes.filter((a) => isQualifiedBy(a, relation))

const hasRelation = (scope: Scope, relation: readonly string[]): boolean =>
  columnsOfRelation(scope, relation).length > 0

/** A star as it is written. */
type Star = Omit<Extract<UnresolvedExpression, { kind: 'star' }>, 'kind'>

/** The columns a star stands for: all, those of a relation, or the fields of a struct, but for those it leaves out. @throws CANNOT_RESOLVE_STAR_EXPAND, EXCEPT_OVERLAPPING_COLUMNS */
export function expandStar(scope: Scope, { target, except, matching, of, origin }: Star): readonly Expanded[] {
  const whole = of === undefined ? expandWhole(scope, target, origin) : expandFrame(scope, of, target, origin)
  const fits = matching === undefined ? undefined : nameFitting(matching)
  const all = fits ? whole.filter(({ name }) => fits(name)) : whole
  if (!except) return all
  const columns = all.map(columnOf)
  const left = except.map((parts) => resolveName({ attributes: columns }, { parts, origin }))
  return withoutExcepted(all, columns, { left, names: except, origin })
}

/** What EXCEPT may name: a column, or a field that is one here. */
const columnOf = ({ name, expression: e, column }: Expanded, i: number): Attribute =>
  column ?? Object.freeze({ id: (-1 - i) as ExprId, name, type: e.type, nullable: e.nullable })

const shownAs = (attributes: readonly Attribute[], origin: Origin | undefined): readonly Expanded[] =>
  attributes.map((a) => ({ name: a.name, expression: reference(a, origin), column: a }))

/** `df.col('*')`: all columns of the DataFrame, hidden by a join or not; or `df.col('s.*')`. @throws CANNOT_RESOLVE_DATAFRAME_COLUMN */
function expandFrame(
  { attributes }: Scope,
  of: FrameTag,
  target: readonly string[],
  origin: Origin | undefined,
): readonly Expanded[] {
  if (target.length > 0) return expandWhole({ attributes: columnsOfFrame(of, attributes) }, target, origin)
  const whole = wholeFrame(of, attributes)
  if (whole) return shownAs(whole, origin)
  throw new MillraceError('CANNOT_RESOLVE_DATAFRAME_COLUMN', { name: '*' }, { origin })
}

function expandWhole(scope: Scope, target: readonly string[], origin: Origin | undefined): readonly Expanded[] {
  const columns = (attributes: readonly Attribute[]): readonly Expanded[] => shownAs(attributes, origin)
  if (target.length === 0) return columns(scope.attributes.filter((a) => !a.isHidden))
  const ofRelation = columnsOfRelation(scope, target)
  // As in Spark, columns of USING come first.
  if (ofRelation.length > 0)
    return columns([...ofRelation.filter((a) => a.isHidden === true), ...ofRelation.filter((a) => !a.isHidden)])
  const base = lookUp(scope, { parts: target, origin })
  if (base?.type.kind === 'struct') {
    return base.type.fields.map((f) => ({ name: f.name, expression: getField(base, f.name, origin) }))
  }
  // As names are, columns and structs of the query around are looked for where there are none here.
  if (scope.outer && (hasRelation(scope.outer, target) || lookUp(scope.outer, { parts: target, origin })))
    return expandWhole(scope.outer, target, origin)
  const known = scope.attributes.map((a) => quotedName(a.name)).join(', ')
  throw new MillraceError(
    'CANNOT_RESOLVE_STAR_EXPAND',
    { targetString: quotedPath(target), columns: known },
    { origin },
  )
}
