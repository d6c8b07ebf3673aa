import { AvroBytes } from '../../columnar/avro/avro-bytes.js'
import { parseAvroSchema } from '../../columnar/avro/parse-schema.js'
import { valueWriter } from '../../columnar/avro/value-writer.js'
import { onceForCall } from './once-for-call.js'
import { writtenValue } from './written-value.js'

/** A value by a schema. */
export const write = writtenValue(
  new AvroBytes(),
  onceForCall((schema: string, type) => valueWriter(type.element, parseAvroSchema(schema), 'topLevelRecord')),
)
