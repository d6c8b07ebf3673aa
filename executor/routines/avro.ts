import { AvroBytes } from '../../columnar/avro/avro-bytes.js'
import { parseAvroSchema } from '../../columnar/avro/parse-schema.js'
import { valueWriter, type Write } from '../../columnar/avro/value-writer.js'
import { unpacked } from '../../columnar/packed-reader.js'
import { plainReader, type StoredNested } from '../../columnar/stored-values.js'
import type { ArrayType } from '../../columnar/types.js'
import type { HostRoutine } from './routine.js'

interface Writing {
  readonly schema: string
  readonly type: ArrayType
  readonly write: Write
}

/** So many calls keep how they write. */
const MOST_WRITINGS = 64
/** The newest last. */
const writings: Writing[] = []
const to = new AvroBytes()

/** An array of one value, which is written by a schema; NULL for NULL. */
export const write: HostRoutine = ([one, schema], { arguments: [type] }) => {
  const { write } = writingOf(schema as string, type as ArrayType)
  const [value] = unpacked(type as ArrayType, one as Uint8Array, plainReader) as readonly StoredNested[]
  if (value === undefined || value === null) return null
  // Of a value before, which raised, some bytes may be there.
  to.taken()
  write(value, to)
  return to.taken()
}

/** How values of a type are written by a schema, found once for each call, as all rows of a call have one type and one schema. */
function writingOf(schema: string, type: ArrayType): Writing {
  const known = writings.find((one) => one.type === type && one.schema === schema)
  if (known) return known
  const found = { schema, type, write: valueWriter(type.element, parseAvroSchema(schema), 'topLevelRecord') }
  if (writings.length === MOST_WRITINGS) writings.shift()
  writings.push(found)
  return found
}
