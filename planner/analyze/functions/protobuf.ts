import type { MessageDescriptor } from '../../../columnar/protobuf/descriptor.js'
import { FieldMissing, messageWriter, NoSuchField, Unwritable } from '../../../columnar/protobuf/message-writer.js'
import { MissingDependency, parseDescriptors } from '../../../columnar/protobuf/parse-descriptors.js'
import {
  type ProtoField,
  type ProtoReading,
  type ProtoWriting,
  Recursive,
  ShapeFinder,
  TooLarge,
  Unknown,
} from '../../../columnar/protobuf/shape.js'
import { specBytes } from '../../../columnar/protobuf/spec.js'
import { Malformed } from '../../../columnar/protobuf/wire.js'
import { withNulls } from '../../../columnar/type-parts.js'
import { array, BINARY, INT, STRING, type StructType, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { constantOf } from '../constants/constants.js'
import { sameName } from '../names/names.js'
import { analysisSession } from '../session.js'
import { expectType, unexpectedType } from '../types/coercion.js'
import { arrayOfValues } from './array-operands.js'
import { between, type CallSite, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { parseModeOf } from './parse-mode.js'
import { type OptionRules, readOptions } from './text-options.js'

/* Messages of protocol buffers in binary columns: routines read and write an array of one value. */

const OPTIONS: OptionRules = {
  mode: { kind: 'text' },
  'recursive.fields.max.depth': { kind: 'text' },
  'emit.default.values': { kind: 'flag', usual: false },
  'enums.as.ints': { kind: 'flag', usual: false },
  'upcast.unsigned.ints': { kind: 'flag', usual: false },
  'unwrap.primitive.wrapper.types': { kind: 'flag', usual: false },
  'retain.empty.message.types': { kind: 'flag', usual: false },
  'convert.any.fields.to.json': { kind: 'fixed', usual: 'false' },
}

type Options = Readonly<Record<string, string | undefined>>

/** `from_protobuf(bytes, message, descriptors[, options])` */
const fromProtobuf: FunctionDefinition = between(3, 4, ([given, name, descriptors, more], site) => {
  const options: Options = readOptions(more, OPTIONS, site)
  const failsFast = parseModeOf(options['mode'] ?? 'FAILFAST', site) === 'FAILFAST'
  const { fields, type } = messageOf(name!, descriptors!, options, site)
  const reading: ProtoReading = { fields, tellsUsual: options['emit.default.values'] === 'true', failsFast }
  const result = failsFast ? type : withNulls(type)
  const bytes = expectType(given!, BINARY, 0, site)
  const run = { by: 'host', name: 'protobuf.read', label: site.name, raises: true } as const
  const spec = told(site, () => specBytes(reading))
  const values = routineCall(run, array(result, false), [bytes, literal(BINARY, spec)], site.origin)
  return call('get', result, [values, literal(INT, 0)], { origin: site.origin, nullable: true })
})

/** `to_protobuf(value, message, descriptors[, options])` */
const toProtobuf: FunctionDefinition = between(3, 4, ([value, name, descriptors, more], site) => {
  const { type, nullable } = value!
  if (type.kind !== 'struct') throw unexpectedType(value!, '"STRUCT"', 0, site)
  const { fields } = messageOf(name!, descriptors!, readOptions(more, OPTIONS, site), site)
  told(site, () => messageWriter(fields, type, sameName))
  const writing: ProtoWriting = { fields, isCaseSensitive: analysisSession().isCaseSensitive }
  const run = { by: 'host', name: 'protobuf.write', label: site.name, raises: true } as const
  const traits = nullable ? { ...run, givesNull: true as const } : run
  const spec = told(site, () => specBytes(writing))
  return routineCall(traits, BINARY, [arrayOfValues([value!], site), literal(BINARY, spec)], site.origin)
})

/** The message that the arguments tell, with its type. @throws PROTOBUF_MESSAGE_NOT_FOUND, CANNOT_PARSE_PROTOBUF_DESCRIPTOR, … */
function messageOf(
  name: Expression,
  descriptors: Expression,
  options: Options,
  site: CallSite,
): { readonly fields: readonly ProtoField[]; readonly type: StructType } {
  const messageName = constantText(name, 'second', site)
  const known = told(site, () => parseDescriptors(descriptorBytes(descriptors, site)))
  const message = messageCalled(messageName, known.messages)
  if (!message) throw new MillraceError('PROTOBUF_MESSAGE_NOT_FOUND', { messageName }, { origin: site.origin })
  const depth = depthOf(options['recursive.fields.max.depth'] ?? '-1', site)
  const finder = new ShapeFinder(known, {
    ...(depth >= 1 ? { depth } : {}),
    enumsAsNumbers: options['enums.as.ints'] === 'true',
    widensUnsigned: options['upcast.unsigned.ints'] === 'true',
    unwraps: options['unwrap.primitive.wrapper.types'] === 'true',
    keepsEmpty: options['retain.empty.message.types'] === 'true',
  })
  const { shape, fields } = told(site, () => finder.message(message))
  if (fields.length === 0) throw unsupported('a message without fields', site)
  return { fields: shape, type: struct(fields) }
}

/** As in Spark, none but 1 to 10 lets messages lie in those of their kind. */
function depthOf(text: string, site: CallSite): number {
  if (!/^(?:-1|\d|10)$/.test(text)) throw unsupported(`recursive.fields.max.depth => '${text}'`, site)
  return Number(text)
}

/** By its full name, or by the last part of it. */
const messageCalled = (name: string, messages: ReadonlyMap<string, MessageDescriptor>): MessageDescriptor | undefined =>
  messages.get(name) ?? [...messages.values()].find(({ fullName }) => fullName.endsWith(`.${name}`))

/** The bytes of a set of descriptors, or those of the file that a text is the path of. */
function descriptorBytes(given: Expression, site: CallSite): Uint8Array {
  if (given.type.kind === 'string') {
    const path = literal(STRING, constantText(given, 'third', site))
    const read = routineCall(
      { by: 'host', name: 'protobuf.file', label: site.name, raises: true },
      BINARY,
      [path],
      site.origin,
    )
    return constantOf(read)!.value as Uint8Array
  }
  const value = given.type.kind === 'binary' ? constantOf(given)?.value : undefined
  if (value instanceof Uint8Array) return value
  throw notConstant('third', 'the descriptors or the path of their file', site)
}

function constantText(given: Expression, position: string, site: CallSite): string {
  const value = given.type.kind === 'string' ? constantOf(given)?.value : undefined
  if (typeof value === 'string') return value
  throw notConstant(position, position === 'second' ? 'the name of the message' : 'the path of a file', site)
}

function notConstant(position: string, what: string, { name, sql, origin }: CallSite): MillraceError {
  const msg = `The ${position} argument of the ${name.toUpperCase()} SQL function needs to be a constant: ${what}`
  const parameters = { sqlExpr: sql, msg, hint: '' }
  return new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', parameters, { origin })
}

const unsupported = (what: string, { name, origin }: CallSite): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `${what} in ${name}` }, { origin })

/** What descriptors and values lack, or do not agree in, as a condition. */
function told<T>(site: CallSite, found: () => T): T {
  try {
    return found()
  } catch (error) {
    throw conditionOf(error, site)
  }
}

function conditionOf(error: unknown, site: CallSite): unknown {
  const { origin } = site
  if (error instanceof Malformed || error instanceof Unknown)
    return new MillraceError('CANNOT_PARSE_PROTOBUF_DESCRIPTOR', {}, { origin })
  if (error instanceof MissingDependency)
    return new MillraceError('PROTOBUF_DEPENDENCY_NOT_FOUND', { dependencyName: error.message }, { origin })
  if (error instanceof Recursive)
    return new MillraceError('RECURSIVE_PROTOBUF_SCHEMA', { fieldDescriptor: error.message }, { origin })
  if (error instanceof TooLarge) return unsupported(error.message, site)
  const field = error instanceof Error ? `field '${error.message}'` : ''
  if (error instanceof NoSuchField)
    return new MillraceError('NO_SQL_TYPE_IN_PROTOBUF_SCHEMA', { catalystFieldPath: field }, { origin })
  if (error instanceof FieldMissing)
    return new MillraceError('PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA', { field }, { origin })
  if (!(error instanceof Unwritable)) return error
  const { path, protobufType, sqlType } = error
  const parameters = { sqlColumn: quotedPath(path), protobufColumn: field, protobufType, sqlType: `"${sqlType}"` }
  return new MillraceError('CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE', parameters, { origin })
}

const POINT = "x'0a2c0a0b706f696e742e70726f746f22150a05506f696e74120c0a0178180120012805520178620670726f746f33'"

export const PROTOBUF_FUNCTIONS: FunctionTable = {
  from_protobuf: helped(
    '(bytes, message, descriptors[, options])',
    'The value that a message of protocol buffers is. The descriptors are constant: the bytes that `protoc --include_imports --descriptor_set_out` writes, or the path of that file. What is not in the message is NULL, a list of nothing, or what proto2 says it is then. Options: `mode`, `FAILFAST` unless it is `PERMISSIVE`, with which bytes that are no such message are a row of NULLs; `recursive.fields.max.depth`, `emit.default.values`, `enums.as.ints`, `upcast.unsigned.ints`, `unwrap.primitive.wrapper.types` and `retain.empty.message.types` as in Spark.',
    [[`from_protobuf(x'082a', 'Point', ${POINT})`, '{42}']],
    fromProtobuf,
    { printed: { shown: 1 } },
  ),
  to_protobuf: helped(
    '(value, message, descriptors[, options])',
    'A struct as a message of protocol buffers, its fields by their names; the message may have more lists, and no more fields of other kinds.',
    [[`hex(to_protobuf(named_struct('x', 42), 'Point', ${POINT}))`, '082A']],
    toProtobuf,
    { printed: { shown: 1 } },
  ),
}
