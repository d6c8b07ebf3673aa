import test from 'ava'
import { AvroBytes } from '../../columnar/avro/avro-bytes.js'
import { packed } from '../../columnar/packed-writer.js'
import { array, INT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { write } from '../../executor/routines/avro.js'

const KERNELS = { tellsTime: () => false }

/** One call of to_avro, whose rows have the value -1. */
function callOf(schema: string): () => unknown {
  const type = array(INT, false)
  const bytes = packed(
    type,
    [-1n],
    (_type, value) => value as bigint,
    () => new MillraceError('INTERNAL_ERROR'),
  )
  return () => Buffer.from(write([bytes!, schema], { arguments: [type], result: INT }, KERNELS) as Uint8Array)
}

test.serial('a schema is parsed once for each of several calls, however their rows alternate', (t) => {
  const { parse } = JSON
  t.teardown(() => Object.assign(JSON, { parse }))
  let parsed = 0
  Object.assign(JSON, {
    parse: (text: string): unknown => {
      parsed++
      return parse(text)
    },
  })
  const calls = ['"int"', '["null", "int"]', '"int"'].map(callOf)
  for (let row = 0; row < 10; row++)
    t.deepEqual(
      calls.map((call) => call()),
      [Buffer.of(1), Buffer.of(2, 1), Buffer.of(1)],
    )
  t.is(parsed, 3)
})

test.serial('more calls than are kept write as they should', (t) => {
  const calls = Array.from({ length: 200 }, (_, i) => callOf(i % 2 === 0 ? '"int"' : '["null", "int"]'))
  for (let row = 0; row < 2; row++)
    for (const [i, call] of calls.entries()) t.deepEqual(call(), i % 2 === 0 ? Buffer.of(1) : Buffer.of(2, 1))
})

test('a buffer that grew for a large value is not kept', (t) => {
  const to = new AvroBytes()
  const usual = to.taken().buffer
  to.byte(1)
  t.is(to.taken().buffer, usual)
  to.raw(Buffer.alloc(2 ** 21, 7))
  const large = to.taken()
  t.is(large.length, 2 ** 21)
  to.byte(1)
  t.true(to.taken().buffer.byteLength < 2 ** 20)
  t.true(large.every((byte) => byte === 7))
})
