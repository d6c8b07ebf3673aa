import test from 'ava'
import { Metadata } from '../../columnar/arrow/flat-metadata.js'
import { raised } from '../support/raised.js'

const [VTABLE, TABLE, BYTES] = [4, 16, 32]

/** A table whose list of fields has so many bytes and tells these places, from the table's own. */
function tableOf(length: number, places: readonly number[]): Metadata {
  const bytes = new Uint8Array(BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, TABLE, true)
  view.setUint16(VTABLE, length, true)
  for (const [slot, place] of places.entries()) view.setUint16(VTABLE + 4 + 2 * slot, place, true)
  view.setInt32(TABLE, TABLE - VTABLE, true)
  bytes.fill(9, TABLE + 4)
  return new Metadata(bytes, 0, BYTES)
}

test('a field is read where its table says, and has its default behind the end of the list', (t) => {
  const metadata = tableOf(8, [4, 5])
  t.deepEqual(
    [0, 1, 2].map((slot) => metadata.byte(metadata.root(), slot)),
    [9, 9, 0],
  )
})

test('a list of fields that ends within one is refused: others would read it', async (t) => {
  const metadata = tableOf(7, [4, 5])
  const error = await raised(t, () => metadata.byte(metadata.root(), 1), 'BLOCK_CORRUPT')
  t.regex(error.message, /ends within a field/)
})

test('places that others would read as negative are refused, and so is such a length', async (t) => {
  const far = tableOf(8, [4, 0x8000])
  t.regex((await raised(t, () => far.byte(far.root(), 1), 'BLOCK_CORRUPT')).message, /too long/)
  const long = tableOf(0x8000, [4, 5])
  t.regex((await raised(t, () => long.byte(long.root(), 1), 'BLOCK_CORRUPT')).message, /too long/)
})
