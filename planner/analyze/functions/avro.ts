import type { AvroType } from '../../../columnar/avro/avro-type.js'
import { dataTypeOf, mayBeNull } from '../../../columnar/avro/data-type.js'
import { parseAvroSchema } from '../../../columnar/avro/parse-schema.js'
import { resolvedSchema } from '../../../columnar/avro/resolved-schema.js'
import { valueTree } from '../../../columnar/avro/value-tree.js'
import { valueWriter } from '../../../columnar/avro/value-writer.js'
import { valueSchema } from '../../../columnar/avro/written-schema.js'
import { withNulls } from '../../../columnar/type-parts.js'
import { array, BINARY, BOOLEAN, INT, STRING, sqlTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { constantOf } from '../constants/constants.js'
import { expectType } from '../types/coercion.js'
import { either, isMissing } from './aggregates/fold.js'
import { arrayOfValues } from './array-operands.js'
import {
  between,
  type CallSite,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { parseModeOf } from './parse-mode.js'
import { type OptionRules, readOptions } from './text-options.js'

/* Values of Avro in binary columns: a kernel reads one into an array of it, and a routine writes an array of one. */

const READING: OptionRules = { mode: { kind: 'text' }, avroSchema: { kind: 'text' } }

/** `from_avro(bytes, schema[, options])` */
const fromAvro: FunctionDefinition = between(2, 3, ([given, schema, options], site) => {
  const { mode = 'FAILFAST', avroSchema } = readOptions(options, READING, site)
  const isFailFast = parseModeOf(mode, site) === 'FAILFAST'
  const written = schemaGiven(schema!, 'second', site)
  if (written === undefined) return literal(BINARY, null, site.origin)
  const reading = avroSchema === undefined ? written : schemaOf(avroSchema, site)
  const own = dataTypeOf(reading)
  const type = isFailFast && avroSchema === undefined ? own : withNulls(own)
  const bytes = expectType(given!, BINARY, 0, site)
  if (type.kind === 'void') return literal(type, null, site.origin)
  const tree = told(site, () => valueTree(resolvedSchema(written, reading), type))
  const parameters = { badRecord: `bytes that are no ${sqlTypeName(type)}`, failFastMode: 'FAILFAST' }
  const errors = [{ condition: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', parameters }] as const
  const one = array(type, mayBeNull(reading))
  const traits = isFailFast ? { errors } : { givesNull: true as const }
  const values = kernelCall('avroValue', one, [bytes, literal(BINARY, tree)], site, traits)
  const value = call('get', type, [values, literal(INT, 0)], { origin: site.origin, nullable: true })
  return isFailFast || type.kind !== 'struct' ? value : orRowOfNulls(value, { values, bytes }, site)
})

/** As in Spark, what is malformed is a row of NULLs where rows are read. */
function orRowOfNulls(
  value: Expression,
  { values, bytes }: Readonly<Record<'values' | 'bytes', Expression>>,
  site: CallSite,
): Expression {
  const { type } = value
  const nulls = type.kind === 'struct' ? type.fields.map((one) => literal(one.type, null)) : []
  const row = call('named_struct', type, nulls, { origin: site.origin })
  const isMalformed = call('and', BOOLEAN, [call('is_not_null', BOOLEAN, [bytes]), isMissing(values)])
  return either(isMalformed, row, value)
}

/** The schema that an argument is, which must be known before the query runs; undefined for NULL. @throws DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT */
function schemaGiven(given: Expression, position: 'first' | 'second', site: CallSite): AvroType | undefined {
  const constant = constantOf(given)
  if (constant?.value === null) return undefined
  if (typeof constant?.value === 'string') return schemaOf(constant.value, site)
  const [name, direction] = [site.name.toUpperCase(), site.name === 'to_avro' ? 'to' : 'from']
  const msg = `The ${position} argument of the ${name} SQL function needs to be a constant string containing the JSON representation of the schema to use for converting the value ${direction} AVRO format`
  const parameters = { sqlExpr: site.sql, msg, hint: '' }
  throw new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', parameters, { origin: site.origin })
}

const schemaOf = (text: string, site: CallSite): AvroType => told(site, () => parseAvroSchema(text))

/** What schemas are found to lack or not to agree in, as a condition. @throws FAILED_FUNCTION_CALL */
function told<T>({ name, origin }: CallSite, found: () => T): T {
  try {
    return found()
  } catch (error) {
    if (MillraceError.is(error) || !(error instanceof Error)) throw error
    throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: quotedName(name), cause: error.message }, { origin })
  }
}

/** `schema_of_avro(schema[, options])` */
const schemaOfAvro: FunctionDefinition = between(1, 2, ([given, options], site) => {
  const { avroSchema } = readOptions(options, READING, site)
  const schema = schemaGiven(given!, 'first', site)
  if (schema === undefined) return literal(STRING, null, site.origin)
  return literal(
    STRING,
    sqlTypeName(dataTypeOf(avroSchema === undefined ? schema : schemaOf(avroSchema, site))),
    site.origin,
  )
})

/** `to_avro(value[, schema])` */
const toAvro: FunctionDefinition = between(1, 2, ([value, given], site) => {
  const { type, nullable } = value!
  const schema = given && schemaGiven(given, 'second', site)
  const json = schema ? String(constantOf(given!)!.value) : valueSchema({ type, nullable })
  told(site, () => valueWriter(type, schema ?? parseAvroSchema(json), ''))
  if (type.kind === 'void') return literal(BINARY, null, site.origin)
  const run = { by: 'host', name: 'avro.write', label: site.name, raises: true } as const
  const traits = nullable ? { ...run, givesNull: true as const } : run
  const one = arrayOfValues([value!], site)
  return routineCall(traits, BINARY, [one, literal(STRING, json)], site.origin)
})

const NUMBER = '\'{"type":"record","name":"r","fields":[{"name":"a","type":"int"}]}\''

export const AVRO_FUNCTIONS: FunctionTable = {
  from_avro: helped(
    '(bytes, schema[, options])',
    'The value that bytes of Avro are by a schema, which is JSON. Options: `mode`, `FAILFAST` unless it is `PERMISSIVE`, with which bytes that are no such value are NULL, or a row of NULLs; and `avroSchema`, another schema that the value is to be of.',
    [
      [`from_avro(x'54', ${NUMBER})`, '{42}'],
      ["from_avro(x'0000', '\"int\"')", '0'],
      ["from_avro(x'80', '\"int\"', map('mode', 'PERMISSIVE'))", 'NULL'],
    ],
    fromAvro,
    { printed: { shown: 1 } },
  ),
  schema_of_avro: helped(
    '(schema[, options])',
    'The type of values of a schema of Avro as DDL. The schema is a constant.',
    [[`schema_of_avro(${NUMBER})`, 'STRUCT<a: INT NOT NULL>']],
    schemaOfAvro,
    { printed: { shown: 1 } },
  ),
  to_avro: helped(
    '(value[, schema])',
    'A value as bytes of Avro, by a schema that is given as JSON, or the one that a file of such values would have: what may be NULL is a union of its type and null.',
    [
      ["hex(to_avro(named_struct('a', 42)))", '54'],
      ['hex(to_avro(42, \'["null","int"]\'))', '0254'],
    ],
    toAvro,
    { printed: { shown: 1 } },
  ),
}
