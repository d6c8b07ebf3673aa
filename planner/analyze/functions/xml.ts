import { BINARY, type DataType, quotedTypeName, STRING, type StructType, sqlTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { XmlNames } from '../../../common/xml/parts.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { type XmlReading, type XmlWriting, xmlFields } from '../../plan/expression/xml-shape.js'
import { encodeTimeFormats } from '../../plan/text-specs/time-formats.js'
import { analysisSession } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { between, type CallSite, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { type OptionRules, optionsFor, readOptions, TIME_OPTIONS } from './text-options.js'
import { CORRUPT_RECORD, checkedMode, MODE_OPTIONS, sampleText, schemaOf, textOperand } from './text-schema.js'
import { jsonWithTexts } from './told-parts.js'
import { withWrittenTimes } from './written-times.js'
import { inferXml } from './xml-inference.js'

/* XML by way of JSON: a routine makes JSON of the schema of XML, which from_json reads, and XML of what to_json writes. */

const flag = (usual: boolean) => ({ kind: 'flag', usual }) as const
const [PREFIX, VALUE_TAG] = ['_', '_VALUE']
/** XML tells dates no other way, unless it is told to. */
const DATE_FORMAT = 'yyyy-MM-dd'

const BOTH: OptionRules = {
  ...TIME_OPTIONS,
  attributePrefix: { kind: 'text', usual: PREFIX },
  valueTag: { kind: 'text', usual: VALUE_TAG },
  nullValue: { kind: 'text' },
  /** What is read is one element, whatever its name. */
  rowTag: { kind: 'text' },
}

const READING: OptionRules = {
  ...BOTH,
  ...MODE_OPTIONS,
  ignoreSurroundingSpaces: flag(true),
  excludeAttribute: flag(false),
  ignoreNamespace: flag(false),
}

const INFERRING: OptionRules = {
  attributePrefix: READING['attributePrefix']!,
  valueTag: READING['valueTag']!,
  rowTag: READING['rowTag']!,
  excludeAttribute: flag(false),
  ignoreNamespace: flag(false),
  inferSchema: flag(true),
  columnNameOfCorruptRecord: { kind: 'text' },
}

const WRITING: OptionRules = {
  ...BOTH,
  indent: { kind: 'text' },
  arrayElementName: { kind: 'text' },
  validateName: flag(true),
}

const present = (options: Readonly<Record<string, string | undefined>>): TextOptions =>
  Object.fromEntries(Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== undefined))

const host = (name: string, args: readonly Expression[], spec: XmlReading | XmlWriting, site: CallSite): Expression => {
  const run = { by: 'host', name, label: site.name, raises: true } as const
  return routineCall(run, STRING, [...args, literal(STRING, JSON.stringify(spec))], site.origin)
}

/** `from_xml(text, schema[, options])` */
const fromXml: FunctionDefinition = between(2, 3, ([xml, schema, options], site) => {
  const type = schemaOf(schema!, 1, site)
  const given = readOptions(options, READING, site)
  const text = textOperand(xml!, site)
  if (type.kind !== 'struct') {
    const parameters = { schema: quotedTypeName(type), sqlExpr: site.sql }
    throw new MillraceError('DATATYPE_MISMATCH.INVALID_XML_SCHEMA', parameters, { origin: site.origin })
  }
  const checked = checkedMode(type, given, site)
  const { dateFormat = DATE_FORMAT, timestampFormat, timestampNTZFormat, timeFormat, timeZone } = checked
  // What is malformed the routine has left out of the JSON, or raised.
  const kept = present({ dateFormat, timestampFormat, timestampNTZFormat, timeFormat, timeZone })
  const texts = optionsFor(type, kept, 'reading', site)
  const formats = literal(BINARY, encodeTimeFormats(texts, 'reading'))
  const json = host('xml.json', [text, formats], readingOf(type, checked), site)
  return jsonWithTexts(type, texts, (as, how) =>
    call('from_json', as, [json], { origin: site.origin, nullable: true, texts: how }),
  )
})

function readingOf({ fields }: StructType, given: TextOptions): XmlReading {
  const { nullValue, columnNameOfCorruptRecord: corruptField } = given
  return {
    fields: xmlFields(fields),
    ...namesOf(given),
    ...(nullValue === undefined ? {} : { nullValue }),
    ignoreSurroundingSpaces: given['ignoreSurroundingSpaces'] !== 'false',
    caseSensitive: analysisSession().isCaseSensitive,
    failsFast: given['mode'] === 'FAILFAST',
    ...(corruptField === undefined ? {} : { corruptField }),
  }
}

/** The names of attributes and texts, and what counts. */
const namesOf = (given: TextOptions): XmlNames => ({
  attributePrefix: given['attributePrefix'] ?? PREFIX,
  valueTag: given['valueTag'] ?? VALUE_TAG,
  excludeAttribute: given['excludeAttribute'] === 'true',
  ignoreNamespace: given['ignoreNamespace'] === 'true',
})

const schemaOfXml: FunctionDefinition = between(1, 2, ([xml, options], site) => {
  const given = readOptions(options, INFERRING, site)
  const hasTypes = given['inferSchema'] !== 'false'
  const corruptField = given['columnNameOfCorruptRecord'] ?? CORRUPT_RECORD
  const type = inferXml(sampleText(xml!, 'xml', site), { ...namesOf(given), hasTypes, corruptField })
  return literal(STRING, sqlTypeName(type), site.origin)
})

/** `to_xml(struct[, options])` */
const toXml: FunctionDefinition = between(1, 2, ([value, options], site) => {
  const { type } = value!
  const given = readOptions(options, WRITING, site)
  if (type.kind === 'void') return literal(STRING, null, site.origin)
  if (type.kind !== 'struct') throw unexpectedType(value!, '"STRUCT"', 0, site)
  const { dateFormat, timestampFormat, timestampNTZFormat, timeFormat, timeZone } = given
  const ignoreNullFields = given['nullValue'] === undefined ? undefined : 'false'
  const ofTimes = { dateFormat, timestampFormat, timestampNTZFormat, timeFormat, timeZone, ignoreNullFields }
  const kept = present(ofTimes)
  const [told, texts] = withWrittenTimes(value!, optionsFor(type, kept, 'writing', site), 'plain', site)
  const json = call('to_json', STRING, [castTo(told, ofTexts(told.type))], { origin: site.origin, texts })
  return host('xml.write', [json], writingOf(type, given), site)
})

/** The type with texts in the place of what is neither a date nor a timestamp, which to_json writes by the options. */
function ofTexts(type: DataType): DataType {
  switch (type.kind) {
    case 'struct':
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: ofTexts(field.type) })) }
    case 'array':
      return { ...type, element: ofTexts(type.element) }
    case 'map':
      return { ...type, key: STRING, value: ofTexts(type.value) }
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return type
    default:
      return STRING
  }
}

function writingOf({ fields }: StructType, given: TextOptions): XmlWriting {
  const { nullValue } = given
  return {
    fields: xmlFields(fields),
    rowTag: given['rowTag'] ?? 'ROW',
    attributePrefix: given['attributePrefix'] ?? PREFIX,
    valueTag: given['valueTag'] ?? VALUE_TAG,
    ...(nullValue === undefined ? {} : { nullValue }),
    indent: given['indent'] ?? '    ',
    arrayElementName: given['arrayElementName'] ?? 'item',
    validateName: given['validateName'] !== 'false',
  }
}

const COMMON =
  '`attributePrefix`, `valueTag`, `nullValue`, `rowTag`, `dateFormat`, `timestampFormat`, `timestampNTZFormat`, `timeFormat`, `timeZone`'

export const XML_FUNCTIONS: FunctionTable = {
  from_xml: helped(
    '(text, schema[, options])',
    `The struct that an element of XML says: attributes are fields with \`_\` before their names, elements of one name an array, and the text beside them \`_VALUE\`. A value that is not of its type ends reading at the end of the element that it is in. Options are those of Spark: \`mode\`, \`columnNameOfCorruptRecord\`, \`ignoreSurroundingSpaces\`, \`excludeAttribute\`, \`ignoreNamespace\`, ${COMMON}.`,
    [
      ["from_xml('<p><a>1</a><b>0.8</b></p>', 'a INT, b DOUBLE')", '{1, 0.8}'],
      ["from_xml('<p id=\"7\"><a>1</a><a>2</a></p>', '_id INT, a ARRAY<INT>')", '{7, [1, 2]}'],
    ],
    fromXml,
    { printed: { shown: 1 } },
  ),
  schema_of_xml: helped(
    '(text[, options])',
    'The type of an element of XML as DDL, for from_xml. The text is a constant. Options: `attributePrefix`, `valueTag`, `excludeAttribute`, `ignoreNamespace`, `inferSchema`.',
    [["schema_of_xml('<p><a>1</a></p>')", 'STRUCT<a: BIGINT>']],
    schemaOfXml,
    { printed: { shown: 1 } },
  ),
  to_xml: helped(
    '(struct[, options])',
    `A struct as an element of XML, without what is NULL. Options: \`indent\`, \`arrayElementName\`, \`validateName\`, ${COMMON}.`,
    [["to_xml(named_struct('_id', 1, 'a', null), map('rowTag', 'r'))", '<r id="1"/>']],
    toXml,
    { printed: { shown: 1 } },
  ),
}
