import { BOOLEAN, field, type StructType, struct } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, fieldOf } from '../../plan/expression/build.js'
import type { Attribute, Case, Expression, ExprId } from '../../plan/expression/expression.js'

/** What a star has of a column or field. */
export interface Expanded {
  readonly name: string
  readonly expression: Expression
  /** Unless it is the field of a struct. */
  readonly column?: Attribute
}

/** A column, or the place of a field in its struct, from outside in. */
interface LeftOut {
  readonly id: ExprId
  readonly ordinals: readonly number[]
}

interface Except {
  /** What is left out, as `names` say it. */
  readonly left: readonly Expression[]
  readonly names: readonly (readonly string[])[]
  readonly origin: Origin | undefined
}

/**
 * What a star stands for without columns and fields of structs.
 * @param columns what each is to `left`
 * @throws EXCEPT_OVERLAPPING_COLUMNS, UNSUPPORTED_FEATURE
 */
export function withoutExcepted(
  all: readonly Expanded[],
  columns: readonly Attribute[],
  { left: except, names, origin }: Except,
): readonly Expanded[] {
  const left = except.flatMap((e) => leftOut(e) ?? [])
  if (left.some((one, i) => left.some((other, j) => i !== j && isWithin(one, other)))) {
    const overlapping = names.map((parts) => parts.join('.')).join(', ')
    throw new MillraceError('EXCEPT_OVERLAPPING_COLUMNS', { columns: overlapping }, { origin })
  }
  return all.flatMap((column, i) => {
    const { expression: e } = column
    const own = left.filter(({ id }) => id === columns[i]!.id).map(({ ordinals }) => ordinals)
    if (own.length === 0) return [column]
    return own.some((ordinals) => ordinals.length === 0)
      ? []
      : [{ name: column.name, expression: withoutFields(e, own, origin) }]
  })
}

function leftOut(e: Expression): LeftOut | undefined {
  if (e.kind === 'attribute') return { id: e.id, ordinals: [] }
  const around = e.kind === 'getField' ? leftOut(e.child) : undefined
  return around && e.kind === 'getField' ? { ...around, ordinals: [...around.ordinals, e.ordinal] } : undefined
}

const isWithin = (one: LeftOut, other: LeftOut): boolean =>
  one.id === other.id && other.ordinals.every((ordinal, i) => one.ordinals[i] === ordinal)

function withoutFields(e: Expression, paths: readonly (readonly number[])[], origin: Origin | undefined): Expression {
  const { fields } = e.type as StructType
  const kept = fields.flatMap(({ name }, i) => {
    const value = fieldOf(e, fields, i)
    const own = paths.filter(([first]) => first === i).map(([, ...rest]) => rest)
    if (own.some((path) => path.length === 0)) return []
    return [{ name, value: own.length > 0 ? withoutFields(value, own, origin) : value }]
  })
  if (kept.length === 0)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a struct without fields' }, { origin })
  const type = struct(kept.map(({ name, value }) => field(name, value.type, value.nullable)))
  const made = call(
    'named_struct',
    type,
    kept.map(({ value }) => value),
  )
  if (!e.nullable) return made
  const when = call('is_not_null', BOOLEAN, [e])
  const value: Case = { kind: 'case', branches: [{ when, value: made }], type, nullable: true }
  return Object.freeze(value)
}
