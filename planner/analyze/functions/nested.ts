import { type DataType, type Field, field, STRING, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { parseDataType, parseSchema } from '../../sql/types.js'
import { expectType, unexpectedType } from '../coercion.js'
import { constantOf } from '../constants.js'
import { analysisSession, isZoned } from '../session.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

/** `struct(a, b)`: fields named like the columns, others col1, col2, … */
const structOf: FunctionDefinition = between(1, Number.POSITIVE_INFINITY, (args, site) => {
  const fields = args.map((arg, i): Field => field(site.argumentNames[i] ?? `col${i + 1}`, arg.type, arg.nullable))
  return call('named_struct', struct(fields), args, { origin: site.origin })
})

const namedStruct: FunctionDefinition = between(2, Number.POSITIVE_INFINITY, (args, site) => {
  const fields: Field[] = []
  const values: Expression[] = []
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [written, value] = [args[i]!, args[i + 1]!]
    const name = constantOf(written)?.value
    if (typeof name !== 'string') throw unexpectedType(written, '"STRING" literal', i, site)
    fields.push(field(name, value.type, value.nullable))
    values.push(value)
  }
  return call('named_struct', struct(fields), values, { origin: site.origin })
})

/** `from_json(text, schema)`: the schema as DDL of columns, or a struct type; malformed text gives NULL fields (PERMISSIVE), a blank one NULL. */
const fromJson: FunctionDefinition = between(2, 3, (args, site) => {
  const text = expectType(args[0]!, STRING, 0, site)
  const ddl = constantOf(args[1]!)?.value
  if (typeof ddl !== 'string') {
    throw new MillraceError(
      'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
      { sqlExpr: site.sql, inputName: 'schema', inputType: '"STRING"' },
      { origin: site.origin },
    )
  }
  if (args.length === 3)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'options of from_json' }, { origin: site.origin })
  const session = analysisSession()
  const type = /^\s*struct\s*</i.test(ddl) ? parseDataType(ddl, session) : struct(parseSchema(ddl, session).fields)
  if (type.kind !== 'struct')
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: 'from_json into a type that is no struct' },
      { origin: site.origin },
    )
  refuseInstants(type, site)
  return call('from_json', allNullable(type), [text], { origin: site.origin, nullable: true })
})

/** Kernels of JSON write and read timestamps by the clocks of UTC. */
function refuseInstants(type: DataType, site: CallSite): void {
  if (!isZoned(type)) return
  const feature = `${site.name} of timestamps in another time zone than UTC`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
}

/** What JSON does not hold is NULL, whatever the schema says; Spark does the same. */
const allNullable = (type: ReturnType<typeof struct>): ReturnType<typeof struct> =>
  struct(type.fields.map((f) => field(f.name, f.type.kind === 'struct' ? allNullable(f.type) : f.type, true)))

const toJson = (args: readonly Expression[], site: CallSite): Expression => {
  const { kind } = args[0]!.type
  if (kind !== 'struct' && kind !== 'array' && kind !== 'map') throw unexpectedType(args[0]!, '"STRUCT"', 0, site)
  refuseInstants(args[0]!.type, site)
  return call('to_json', STRING, args, { origin: site.origin })
}

export const NESTED: FunctionTable = {
  struct: helped(
    '(value, …)',
    'A struct of the values, whose fields have the names of the columns, else col1, col2 and so on.',
    [["struct(1, 'a')", '{1, a}']],
    structOf,
  ),
  named_struct: helped(
    '(name, value, …)',
    'A struct of fields with these names.',
    [["named_struct('a', 1, 'b', 2)", '{1, 2}']],
    namedStruct,
  ),
  from_json: helped(
    '(text, schema)',
    'The struct that a text of JSON says; NULL in what it lacks.',
    [['from_json(\'{"a":1, "b":0.8}\', \'a INT, b DOUBLE\')', '{1, 0.8}']],
    fromJson,
  ),
  to_json: helped(
    '(struct)',
    'The struct as JSON, without what is NULL.',
    [["to_json(named_struct('a', 1, 'b', 2))", '{"a":1,"b":2}']],
    exactly(1, toJson),
  ),
}
