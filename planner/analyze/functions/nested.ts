import { BOOLEAN, type Field, field, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, fieldOf } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { constantOf } from '../constants/constants.js'
import { sameName } from '../names/names.js'
import { type CallText, type OperandText, textsOf } from '../printing.js'
import { unexpectedType } from '../types/coercion.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
} from './definition.js'

/** `struct(a, b)`: fields named like the columns, others col1, col2, … */
const structOf: FunctionDefinition = between(1, Number.POSITIVE_INFINITY, (args, site) => {
  const fields = args.map((arg, i): Field => field(site.argumentNames[i] ?? `col${i + 1}`, arg.type, arg.nullable))
  return call('named_struct', struct(fields), args, { origin: site.origin })
})

/** Names are constant texts. @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION, DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING, UNEXPECTED_NULL */
const namedStruct: FunctionDefinition = between(2, Number.POSITIVE_INFINITY, (args, site) => {
  checkNames(args, site)
  const fields: Field[] = []
  const values: Expression[] = []
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [written, value] = [args[i]!, args[i + 1]!]
    fields.push(field(nameOf(written), value.type, value.nullable))
    values.push(value)
  }
  return call('named_struct', struct(fields), values, { origin: site.origin })
})

function checkNames(args: readonly Expression[], { name, sql: sqlExpr, origin, argumentSql }: CallSite): void {
  if (args.length % 2 !== 0) {
    const parameters = { functionName: `\`${name}\``, expectedNum: '2n (n > 0)', actualNum: args.length }
    throw new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', parameters, { origin })
  }
  const names = args.flatMap((e, i) => (i % 2 === 0 ? [{ e, told: argumentSql?.(i) ?? `"${sqlText(e)}"` }] : []))
  const told = (wrong: typeof names): string => `[${wrong.map(({ told }) => told).join(', ')}]`
  const wrong = names.filter(({ e }) => e.type.kind !== 'string' || !constantOf(e))
  if (wrong.length > 0) {
    const parameters = { sqlExpr, inputExprs: told(wrong) }
    throw new MillraceError('DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING', parameters, { origin })
  }
  const missing = names.filter(({ e }) => constantOf(e)!.value === null)
  if (missing.length > 0)
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { sqlExpr, exprName: told(missing) }, { origin })
}

/** A struct, NULL where another one is. */
function whereThere(struct: Expression, made: Expression): Expression {
  if (!struct.nullable) return made
  const when = call('is_not_null', BOOLEAN, [struct])
  return Object.freeze({ kind: 'case', branches: [{ when, value: made }], type: made.type, nullable: true })
}

/** The fields of a struct, with what gives each of them. */
function partsOf(e: Expression, site: CallSite): readonly { readonly field: Field; readonly value: Expression }[] {
  const { type } = e
  if (type.kind !== 'struct') throw unexpectedType(e, '"STRUCT"', 0, site)
  return type.fields.map((part, i) => ({ field: part, value: fieldOf(e, type.fields, i, site.origin) }))
}

const nameOf = (e: Expression): string => String(constantOf(e)?.value)

/** `withField`: fields of a name with another value, or one more behind the others. */
const withField: FunctionDefinition = exactly(3, ([e, written, value], site) => {
  const name = nameOf(written!)
  const added = { field: field(name, value!.type, value!.nullable), value: value! }
  const parts = partsOf(e!, site)
  const isThere = parts.some((part) => sameName(part.field.name, name))
  const changed = isThere ? parts.map((part) => (sameName(part.field.name, name) ? added : part)) : [...parts, added]
  return whereThere(e!, structOfParts(changed, site))
})

/** `dropFields`: a struct without the fields of a name. */
const withoutField: FunctionDefinition = exactly(2, ([e, written], site) => {
  const name = nameOf(written!)
  const parts = partsOf(e!, site)
  const left = parts.filter((part) => !sameName(part.field.name, name))
  if (left.length === parts.length) return e!
  if (left.length === 0)
    throw new MillraceError('DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS', { sqlExpr: site.sql }, { origin: site.origin })
  return whereThere(e!, structOfParts(left, site))
})

const structOfParts = (parts: ReturnType<typeof partsOf>, { origin }: CallSite): Expression => {
  const type = struct(parts.map((part) => part.field))
  return call(
    'named_struct',
    type,
    parts.map(({ value }) => value),
    { origin },
  )
}

const FIELD_CHANGES: ReadonlySet<string> = new Set(['.=', '.-'])

/** A struct with one more of its fields changed. */
const withChange = (struct: UnresolvedExpression, change: string, text: OperandText): string =>
  struct.kind === 'function' && FIELD_CHANGES.has(struct.name)
    ? `${text(struct).slice(0, -1)}, ${change})`
    : `update_fields(${text(struct)}, ${change})`

const changedText: CallText = ([a, , value], text) => withChange(a!, `WithField(${text(value!)})`, text)
const droppedText: CallText = ([a], text) => withChange(a!, 'dropfield()', text)
const withAliases =
  (name: string): CallText =>
  (args, text, context) => {
    const aliased: OperandText = (arg) => (arg.kind === 'alias' ? `${text(arg.child)} AS ${arg.name}` : text(arg))
    return args.length > 0 ? `${name}(${textsOf(args, aliased, context).join(', ')})` : undefined
  }

export const NESTED: FunctionTable = collated('values', {
  '.=': { ...withField, printed: { call: changedText } },
  '.-': { ...withoutField, printed: { call: droppedText } },
  struct: helped(
    '(value, …)',
    'A struct of the values, whose fields have the names of the columns, else col1, col2 and so on.',
    [["struct(1, 'a')", '{1, a}']],
    structOf,
    { printed: { call: withAliases('struct') }, leavesLiterals: true },
  ),
  named_struct: helped(
    '(name, value, …)',
    'A struct of fields with these names.',
    [["named_struct('a', 1, 'b', 2)", '{1, 2}']],
    namedStruct,
    { printed: { call: withAliases('named_struct') }, leavesLiterals: true },
  ),
})
