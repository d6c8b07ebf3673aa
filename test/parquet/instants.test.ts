import test from 'ava'
import {
  PLAIN_INT96_TO_MICROS,
  PLAIN_MILLIS_TO_MICROS,
  PLAIN_TIME_MICROS_TO_NANOS,
  PLAIN_TIME_NANOS,
} from '../../executor/kernels/interface/parquet.js'
import { newContext } from './support.js'

const MICROS_PER_DAY = 86_400_000_000n
const JULIAN_DAY_OF_EPOCH = 2_440_588n
const [LEAST, GREATEST] = [-(2n ** 63n), 2n ** 63n - 1n]

const millis = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}

/** INT96: nanoseconds of the day, Julian day. */
const ofDay = (day: bigint, nanos: bigint): Buffer => {
  const bytes = Buffer.alloc(12)
  bytes.writeBigInt64LE(nanos)
  bytes.writeInt32LE(Number(day + JULIAN_DAY_OF_EPOCH), 8)
  return bytes
}

/** What the kernel makes of one value; undefined where it refuses it. */
function microsOf(conversion: number, value: Buffer): bigint | undefined {
  const { memory, kernels } = newContext()
  const source = memory.allocate(64)
  memory.bytes.set(value, source)
  const target = source + 32
  const next = kernels.parquetPlain(conversion, source, source + value.length, value.length, 1, target)
  return next === 0 ? undefined : memory.view.getBigInt64(target, true)
}

test('milliseconds are read up to the ends of what microseconds hold, and refused beyond', (t) => {
  for (const most of [GREATEST / 1000n, LEAST / 1000n]) {
    t.is(microsOf(PLAIN_MILLIS_TO_MICROS, millis(most)), most * 1000n)
    t.is(microsOf(PLAIN_MILLIS_TO_MICROS, millis(most + (most > 0n ? 1n : -1n))), undefined)
  }
  t.is(microsOf(PLAIN_MILLIS_TO_MICROS, millis(2n ** 62n)), undefined)
})

test('INT96 is read as far as whole days fit into microseconds, and refused beyond', (t) => {
  const read = (day: bigint, micros: bigint): bigint | undefined =>
    microsOf(PLAIN_INT96_TO_MICROS, ofDay(day, micros * 1000n))
  const last = GREATEST / MICROS_PER_DAY
  const rest = GREATEST - last * MICROS_PER_DAY
  t.is(read(last, rest), GREATEST)
  t.is(read(last, rest + 1n), undefined)
  t.is(read(last + 1n, 0n), undefined)
  t.is(read(-last, 0n), -last * MICROS_PER_DAY)
  t.is(read(-last, -rest - 1n), LEAST)
  t.is(read(-last, -rest - 2n), undefined)
  t.is(read(-last - 2n, 0n), undefined)
})

test('times of day are read as far as a day goes, nanoseconds that no TIME has are dropped', (t) => {
  t.is(microsOf(PLAIN_TIME_MICROS_TO_NANOS, millis(MICROS_PER_DAY - 1n)), (MICROS_PER_DAY - 1n) * 1000n)
  t.is(microsOf(PLAIN_TIME_MICROS_TO_NANOS, millis(MICROS_PER_DAY)), undefined)
  t.is(microsOf(PLAIN_TIME_MICROS_TO_NANOS, millis(-1n)), undefined)
  t.is(microsOf(PLAIN_TIME_NANOS, millis(MICROS_PER_DAY * 1000n - 1n)), (MICROS_PER_DAY - 1n) * 1000n)
  t.is(microsOf(PLAIN_TIME_NANOS, millis(MICROS_PER_DAY * 1000n)), undefined)
  t.is(microsOf(PLAIN_TIME_NANOS, millis(-1n)), undefined)
})
