import { readFileSync } from 'node:fs'
import test from 'ava'
import type { ReadContext } from '../../connectors/api.js'
import { newContext } from '../parquet/support.js'
import { Random } from '../support/random.js'

const SLACK = 64

/** Compresses bytes and decompresses what came of them; returns how long that was. */
function roundTrip(
  { memory, kernels }: ReadContext,
  bytes: Uint8Array,
): { readonly made: number; readonly again: Buffer } {
  const source = memory.allocate(bytes.length + SLACK)
  const target = memory.allocate(kernels.zstdCompressBound(bytes.length) + SLACK)
  const result = memory.allocate(bytes.length + SLACK)
  const scratch = memory.allocate(Math.max(kernels.zstdCompressScratchBytes(), kernels.zstdScratchBytes()))
  memory.bytes.set(bytes, source)
  const made = kernels.zstdCompress(source, bytes.length, target, scratch)
  if (kernels.zstdDecompress(target, made, result, bytes.length, scratch) !== 1) throw new Error('it is not read again')
  const again = Buffer.from(memory.bytes.slice(result, result + bytes.length))
  for (const address of [source, target, result, scratch]) memory.release(address)
  return { made, again }
}

test('what is compressed as zstandard is the same again, at every length and kind of bytes', (t) => {
  const context = newContext()
  const random = new Random(11)
  const text = readFileSync('ARCHITECTURE.md')
  const kinds: Readonly<Record<string, (length: number) => Buffer>> = {
    text: (length) =>
      Buffer.concat(Array.from({ length: Math.ceil(length / text.length) }, () => text)).subarray(0, length),
    same: (length) => Buffer.alloc(length, 7),
    noise: (length) => Buffer.from(Array.from({ length }, () => random.integer(0, 255))),
    fewSymbols: (length) => Buffer.from(Array.from({ length }, () => random.integer(0, 3) * random.integer(0, 1))),
    skewed: (length) =>
      Buffer.from(Array.from({ length }, () => Math.floor((128 * random.integer(0, 1000) ** 6) / 1000 ** 6))),
    numbers: (length) =>
      Buffer.from(new Int32Array(Math.ceil(length / 4)).map((_, i) => i * 3).buffer).subarray(0, length),
  }
  for (const [kind, make] of Object.entries(kinds))
    for (const length of [0, 1, 2, 15, 31, 32, 63, 64, 300, 1023, 1024, 4095, 4096, 65535, 65536, 65537, 200_000]) {
      const bytes = make(length)
      const { again } = roundTrip(context, bytes)
      t.true(again.equals(bytes), `${kind} of ${length} bytes`)
    }
  t.is(context.live.size, 0)
})

test('texts become six tenths or less, what cannot be compressed hardly more', (t) => {
  const context = newContext()
  const text = Buffer.from(readFileSync('ARCHITECTURE.md', 'latin1').replace(/[\u0080-\uffff]/g, ''))
  t.true(roundTrip(context, text).made < text.length * 0.6)
  const random = new Random(3)
  const noise = Buffer.from(Array.from({ length: 100_000 }, () => random.integer(0, 255)))
  t.true(roundTrip(context, noise).made < noise.length + 32)
})
