import { corrupt, Metadata } from '../../columnar/arrow/flat-metadata.js'
import { HEADER_RECORD_BATCH } from '../../columnar/blocks/block-codec.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

const PREFIX_BYTES = 8
export const HEADER_SCHEMA = 1
export const HEADER_DICTIONARY = 2

/** Types that the library does not know, by their tags in Arrow's Schema.fbs. */
const UNKNOWN_TYPES: Readonly<Record<number, string>> = { 22: 'RunEndEncoded', 25: 'ListView', 26: 'LargeListView' }

/**
 * Checks that what a message counts is there, before the library makes something of each: it believes what it reads.
 * @returns how many bytes the message has with its body
 * @throws BLOCK_CORRUPT, UNSUPPORTED_FEATURE
 */
export function checkMessage(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) throw corrupt('a message is cut')
  const metadataBytes = new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true)
  if (metadataBytes <= 0 || PREFIX_BYTES + metadataBytes > bytes.length) throw corrupt('a message is cut')
  const metadata = new Metadata(bytes, PREFIX_BYTES, metadataBytes)
  const root = metadata.root()
  metadata.vector(root, 4)
  const header = metadata.table(root, 2)
  switch (metadata.byte(root, 1)) {
    case HEADER_SCHEMA:
      metadata.vector(header, 2)
      checkFields(metadata, metadata.vector(header, 1), { left: metadataBytes })
      break
    case HEADER_DICTIONARY:
      checkBatch(metadata, metadata.table(header, 1))
      break
    case HEADER_RECORD_BATCH:
      checkBatch(metadata, header)
      break
    default:
      throw corrupt('a message is of no known kind')
  }
  const total = PREFIX_BYTES + metadataBytes + metadata.int64(root, 3)
  if (total > bytes.length) throw corrupt('a message is cut')
  return total
}

/** @param bound of the work: tables may refer to the same bytes, so that a few could stand for very many */
function checkFields(metadata: Metadata, fields: readonly number[], bound: { left: number }): void {
  for (const field of fields) {
    if (bound.left-- === 0) throw corrupt('its schema has more columns than fit in it')
    const unknown = UNKNOWN_TYPES[metadata.byte(field, 2)]
    if (unknown !== undefined) {
      const feature = `the Arrow column ${metadata.text(field, 0)} of type ${unknown}`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
    }
    metadata.vector(field, 6)
    checkFields(metadata, metadata.vector(field, 5), bound)
  }
}

function checkBatch(metadata: Metadata, batch: number): void {
  metadata.pairs(batch, 1)
  const buffers = metadata.pairs(batch, 2).length
  const ofViews = metadata.counts(batch, 4).reduce((sum, count) => sum + count, 0)
  if (ofViews > buffers) throw corrupt('a column of views has more buffers than there are')
}
