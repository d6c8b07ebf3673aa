import { ARROW } from '../arrow/arrow-tags.js'
import { Variant } from '../variant.js'
import { packVariant, variantParts } from '../variant-parts.js'
import { BYTES } from './others.js'
import type { RecordOf } from './record.js'
import { arrowType, asStored } from './words.js'

/** Bytes in which both of its buffers are (`variant-parts.ts`). */
export const variantRecord: RecordOf<'variant'> = {
  ...BYTES,
  // Beyond blocks it is the struct of its buffers, as Spark has it.
  arrow: arrowType(ARROW.struct),
  readUser: (buffers) => {
    const read = BYTES.readStored(buffers)
    return (row) => {
      const { value, metadata } = variantParts(Uint8Array.from(read(row)))
      return new Variant(value, metadata)
    }
  },
  encodeStored: asStored,
  encodeUser: (value) => (value instanceof Variant ? packVariant(value) : undefined),
}
