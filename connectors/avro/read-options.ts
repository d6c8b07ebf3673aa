import type { AvroRecord } from '../../columnar/avro/avro-type.js'
import { parseAvroRecord } from '../../columnar/avro/parse-schema.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'
import { reasonOf } from '../files/file-errors.js'
import { isSelectionOption, unknownOption } from '../files/file-selection.js'

const AVRO_SCHEMA = 'avroschema'

/** The schema that rows are wanted in, where it is given. @throws INVALID_OPTION, UNSUPPORTED_FEATURE for options that there are not */
export function wantedSchema(options: Options): AvroRecord | undefined {
  let text: string | undefined
  for (const [key, value] of Object.entries(options))
    if (key.toLowerCase() === AVRO_SCHEMA) text = value
    else if (key !== 'path' && !isSelectionOption(key)) throw unknownOption('avro', key, value)
  if (text === undefined) return undefined
  try {
    return parseAvroRecord(text)
  } catch (error) {
    const parameters = { option: 'avroSchema', provider: 'avro', value: text, reason: reasonOf(error) }
    throw new MillraceError('INVALID_OPTION', parameters)
  }
}
