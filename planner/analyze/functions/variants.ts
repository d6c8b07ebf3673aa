import { BINARY, BOOLEAN, type DataType, isNested, quotedTypeName, STRING, VARIANT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, cast, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { noPath, UNREADABLE_VARIANT, unparsable } from '../../plan/expression/variant-errors.js'
import type { CallText } from '../printing.js'
import { explicitCast } from '../types/casts.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { isVariantOf } from '../types/variant-casts.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { schemaOf, textOperand } from './text-schema.js'

/** An operand that is a variant, or NULL. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function variantOperand(value: Expression, site: CallSite): Expression {
  if (value.type.kind !== 'variant' && value.type.kind !== 'void') throw unexpectedType(value, '"VARIANT"', 0, site)
  return castTo(value, VARIANT)
}

const parseJson: FunctionDefinition = exactly(1, ([text], site) =>
  kernelCall('variantParse', VARIANT, [textOperand(text!, site)], site, { errors: unparsable(site.name) }),
)

const tryParseJson: FunctionDefinition = exactly(1, ([text], site) =>
  kernelCall('variantTryParse', VARIANT, [textOperand(text!, site)], site, { givesNull: true }),
)

/** NULL is no null of variants. */
const isVariantNull: FunctionDefinition = exactly(1, ([value], site) => {
  const isNull = kernelCall('variantIsNull', BOOLEAN, [variantOperand(value!, site)], site)
  return call('coalesce', BOOLEAN, [isNull, literal(BOOLEAN, false)], { origin: site.origin })
})

const isValidVariant: FunctionDefinition = exactly(1, ([value], site) =>
  kernelCall('variantIsValid', BOOLEAN, [variantOperand(value!, site)], site),
)

/** The schema of a variant as kernels have it. */
export const variantSchema = (value: Expression, site: CallSite): Expression =>
  kernelCall('variantSchema', BINARY, [value], site, { errors: UNREADABLE_VARIANT })

export const schemaText = (schema: Expression, site: CallSite): Expression =>
  kernelCall('variantSchemaText', STRING, [schema], site)

const schemaOfVariant: FunctionDefinition = exactly(1, ([value], site) =>
  schemaText(variantSchema(variantOperand(value!, site), site), site),
)

/** What lies at a path, of a type. */
function found(value: Expression, path: Expression, type: DataType, mode: 'ansi' | 'try', site: CallSite): Expression {
  const errors = noPath(site.name)
  const at = kernelCall('variantAt', VARIANT, [value, path], site, { givesNull: true, errors })
  if (type.kind === 'variant') return kernelCall('variantRebuilt', VARIANT, [at], site, { errors: UNREADABLE_VARIANT })
  return explicitCast(at, type, mode, site)
}

const variantGet = (mode: 'ansi' | 'try'): FunctionDefinition =>
  between(2, 3, ([value, path, type], site) => {
    if (path!.type.kind !== 'string' && path!.type.kind !== 'void') throw unexpectedType(path!, '"STRING"', 1, site)
    const wanted = type ? schemaOf(type, 2, site) : VARIANT
    return found(variantOperand(value!, site), castTo(path!, STRING), wanted, mode, site)
  })

/** `v:a.b`, of which the last name is told, too. @throws COLUMN_IS_NOT_VARIANT_TYPE */
const extracted: FunctionDefinition = between(2, 3, ([value, path], site) => {
  if (value!.type.kind !== 'variant') throw new MillraceError('COLUMN_IS_NOT_VARIANT_TYPE', {}, { origin: site.origin })
  return found(value!, path!, VARIANT, 'ansi', { ...site, name: 'variant_get' })
})

/** @throws DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION for what has no other values in it */
const toVariantObject: FunctionDefinition = exactly(1, ([value], site) => {
  const { type } = value!
  if (isNested(type) && isVariantOf(type)) return cast(value!, VARIANT, 'ansi', site.origin)
  const types = { srcType: quotedTypeName(type), targetType: quotedTypeName(VARIANT) }
  throw new MillraceError(
    'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION',
    { sqlExpr: site.sql, ...types },
    { origin: site.origin },
  )
})

const variantText: CallText = ([value, path, name], text) =>
  `variant_get(${text(value!)}, ${text(path!)})${name ? ` AS ${text(name)}` : ''}`

export const VARIANTS: FunctionTable = {
  parse_json: helped(
    '(text)',
    'The variant that a text of JSON says. It raises where the text is malformed or an object has a key twice.',
    [['parse_json(\'{"b":[1,2.50],"a":null}\')', '{"a":null,"b":[1,2.5]}']],
    parseJson,
  ),
  try_parse_json: helped(
    '(text)',
    'As `parse_json`, but NULL where that raises.',
    [['try_parse_json(\'{"a":\')', 'NULL']],
    tryParseJson,
  ),
  is_variant_null: helped(
    '(variant)',
    'Whether a variant is the null of JSON, which is not NULL.',
    [
      ["is_variant_null(parse_json('null'))", 'true'],
      ['is_variant_null(null)', 'false'],
    ],
    isVariantNull,
  ),
  is_valid_variant: helped(
    '(variant)',
    'Whether all of a variant can be read.',
    [["is_valid_variant(parse_json('[1]'))", 'true']],
    isValidVariant,
  ),
  variant_get: helped(
    '(variant, path[, type])',
    "What lies at a path, `$.a[0]['b']`, as a value of a type, or as a variant; NULL where there is nothing. It raises where that is none of the type.",
    [
      ["variant_get(parse_json('{\"a\":[1,\"2\"]}'), '$.a[1]', 'int')", '2'],
      ["variant_get(parse_json('{\"a\":1}'), '$.b')", 'NULL'],
    ],
    variantGet('ansi'),
    { printed: { shown: 2 } },
  ),
  try_variant_get: helped(
    '(variant, path[, type])',
    'As `variant_get`, but NULL for what is none of the type.',
    [["try_variant_get(parse_json('[\"x\"]'), '$[0]', 'int')", 'NULL']],
    variantGet('try'),
    { printed: { shown: 2 } },
  ),
  schema_of_variant: helped(
    '(variant)',
    'The type of a variant as a text.',
    [['schema_of_variant(parse_json(\'{"a":[1,2.5]}\'))', 'OBJECT<a: ARRAY<DECIMAL(21,1)>>']],
    schemaOfVariant,
  ),
  to_variant_object: helped(
    '(value)',
    'A struct, map or array as a variant; of structs the names are keys.',
    [["to_variant_object(named_struct('b', 1, 'a', array(true)))", '{"a":[true],"b":1}']],
    toVariantObject,
  ),
  ':': { ...extracted, printed: { call: variantText } },
}
