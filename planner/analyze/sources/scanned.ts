import { hasLimits, withoutLimits } from '../../../columnar/text-types.js'
import {
  array,
  BINARY,
  type DataType,
  field,
  hasVariants,
  map,
  partTypes,
  type Schema,
  struct,
  VARIANT,
} from '../../../columnar/types.js'
import { onceEach } from '../../../common/once-each.js'
import type { SourceDescription } from '../../../connectors/api.js'
import { fieldOf, reference, routineCall } from '../../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../../plan/expression/expression.js'
import { mapAll } from '../../plan/expression/transform.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { IdGenerator } from '../id-generator.js'
import { type PartChange, withParts } from '../types/parts.js'
import { charLengthOf, filledAs } from '../types/text-limits.js'

/* What a source has in its columns as queries see it. */

/** Whether queries see the columns of a source as it has them, which those of most are. A source that is read again has the same schema. */
const isAsStored: (schema: Schema) => boolean = onceEach(({ fields }) =>
  fields.every(({ type }) => !hasLimits(type) && !hasVariants(type)),
)

/** The columns of a source as queries see them. */
export const queriedSchema = (schema: Schema): Schema =>
  isAsStored(schema)
    ? schema
    : {
        fields: schema.fields.map((column) => {
          const type = withoutLimits(column.type)
          return type === column.type ? column : { ...column, type }
        }),
      }

/** The rows of a source, the texts of char(n) filled up, as in files of others they may not be, and variants made of their buffers. */
export function scanOf(
  source: SourceDescription,
  output: readonly Attribute[],
  streaming: boolean,
  nextId: IdGenerator,
): LogicalPlan {
  const { fields } = source.schema
  const isPlain = isAsStored(source.schema)
  const stored = source.dividesVariants && !isPlain ? mapAll(output, asStored) : output
  if (isPlain || (stored === output && !fields.some(({ type }) => hasLimits(type))))
    return Object.freeze({ kind: 'scan', source, output, filters: [], streaming })
  const schema = { fields: fields.map((one, i) => (stored[i] === output[i] ? one : { ...one, type: stored[i]!.type })) }
  const asRead = stored === output ? source : { ...source, schema }
  const scan: LogicalPlan = Object.freeze({ kind: 'scan', source: asRead, output: stored, filters: [], streaming })
  const projections = stored.map((attribute, i): NamedExpression => {
    const { id, name } = attribute
    const { type } = fields[i]!
    const whole = withParts(reference(attribute), VARIANTS, output[i]!.type)
    const expression = filledAs(whole, type)
    if (expression.kind === 'attribute') return Object.freeze({ id, name, expression })
    const charLength = charLengthOf(type)
    return Object.freeze({ id: nextId(), name, expression, ...(charLength === undefined ? {} : { charLength }) })
  })
  const isAsRead = projections.every(({ expression }) => expression.kind === 'attribute')
  return isAsRead ? scan : Object.freeze({ kind: 'project', input: scan, projections })
}

const BUFFERS = struct([field('value', BINARY), field('metadata', BINARY)])

function asStored(attribute: Attribute): Attribute {
  const type = withBuffers(attribute.type, false)
  return type === attribute.type ? attribute : Object.freeze({ ...attribute, type })
}

/** The type with structs of buffers in the place of variants within arrays and maps. */
function withBuffers(type: DataType, isWithin: boolean): DataType {
  if (!hasVariants(type)) return type
  switch (type.kind) {
    case 'variant':
      return isWithin ? BUFFERS : type
    case 'array':
      return array(withBuffers(type.element, true), type.containsNull)
    case 'map':
      return map(withBuffers(type.key, true), withBuffers(type.value, true), type.valueContainsNull)
    case 'struct': {
      const fields = type.fields.map((one) => ({ ...one, type: withBuffers(one.type, isWithin) }))
      return fields.some(({ type: of }, i) => of !== type.fields[i]!.type) ? struct(fields) : type
    }
    default:
      return type
  }
}

const VARIANTS: PartChange = {
  isOf: (type, target) => type.kind === 'struct' && target.kind === 'variant',
  changed: variantOf,
}

/** A variant of its buffers, which are both there unless it is NULL. */
function variantOf(buffers: Expression): Expression {
  const parts = partTypes(buffers.type).map((_, i) => fieldOf(buffers, BUFFERS.fields, i))
  return routineCall({ by: 'kernel', name: 'variantOfBuffers', label: 'variant' }, VARIANT, parts, undefined)
}
