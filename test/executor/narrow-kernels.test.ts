import test from 'ava'
import { RANGE_BYTES, RANGE_GREATEST, RANGE_LEAST } from '../../executor/kernels/interface/narrow.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'

const MOST_ROWS = 300
/** What kernels may touch behind a column. */
const BEHIND = 64

function fixture() {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 << 20))
  const area = (bytes: number): number => {
    const at = memory.allocate(bytes + BEHIND)
    memory.bytes.fill(0xa5, at, at + bytes + BEHIND)
    return at
  }
  const put = (at: number, width: number, i: number, value: bigint): void => {
    if (width === 8) memory.view.setBigInt64(at + 8 * i, value, true)
    else memory.view.setInt32(at + 4 * i, Number(value), true)
  }
  const get = (at: number, width: number, i: number): bigint =>
    width === 8 ? memory.view.getBigInt64(at + 8 * i, true) : BigInt(memory.view.getInt32(at + 4 * i, true))
  return { memory, kernels: memory.kernels, area, put, get }
}

const [LEAST_LONG, GREATEST_LONG] = [-(1n << 63n), (1n << 63n) - 1n]

/** Differences that each width just holds. */
const DIFFERENCES: Readonly<Record<number, readonly bigint[]>> = {
  1: [0n, 1n, 127n, 128n, 254n, 255n],
  2: [0n, 255n, 256n, 32767n, 32768n, 65534n, 65535n],
  4: [0n, 65535n, 65536n, 2147483647n, 2147483648n, 4294967295n],
}
const ROWS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, MOST_ROWS]

test('a narrowed column gives its values again, all or those of some rows, from the least number on and up to the greatest', (t) => {
  const random = new Random(17)
  const { memory, kernels, area, put, get } = fixture()
  for (const [width, narrow] of [
    [4, 1],
    [4, 2],
    [8, 1],
    [8, 2],
    [8, 4],
  ] as const) {
    const bits = BigInt(8 * width)
    const greatestDifference = DIFFERENCES[narrow]!.at(-1)!
    const least = [-(1n << (bits - 1n)), -3n, 0n, (1n << (bits - 1n)) - 1n - greatestDifference]
    for (const base of least)
      for (const rows of ROWS) {
        const values = Array.from({ length: rows }, () => base + random.pick(DIFFERENCES[narrow]!))
        values[random.integer(0, rows - 1)] = base
        const [data, narrowed, out, range] = [area(8 * rows), area(4 * rows), area(8 * rows), area(RANGE_BYTES)]
        for (const [i, value] of values.entries()) put(data, width, i, value)
        kernels.narrowRange(data, rows, width, range)
        const [from, to] = [RANGE_LEAST, RANGE_GREATEST].map((at) => memory.view.getBigInt64(range + at, true))
        t.deepEqual([from, to], [base, values.reduce((most, value) => (value > most ? value : most))])
        kernels.narrowColumn(data, rows, width, base, narrow, narrowed)
        t.is(memory.bytes[narrowed + rows * narrow], 0xa5)
        kernels.widenColumn(narrowed, rows, narrow, base, width, out)
        const all = values.map((_, i) => get(out, width, i))
        t.deepEqual(all, values, `${rows} rows of ${width} bytes in ${narrow}`)
        const listed = values.map((_, i) => i).filter((i) => i === rows - 1 || random.chance(0.3))
        const [list, some] = [area(4 * rows), area(8 * rows)]
        for (const [i, row] of listed.entries()) memory.view.setUint32(list + 4 * i, row, true)
        kernels.widenRows(narrowed, list, listed.length, narrow, base, width, some)
        for (let i = 0; i < rows; i++)
          t.is(get(some, width, i), listed.includes(i) ? values[i]! : BigInt.asIntN(8 * width, 0xa5a5a5a5a5a5a5a5n))
        for (const at of [data, narrowed, out, range, list, some]) memory.release(at)
      }
  }
})

test('rows of narrowed columns are found by ranges, NULLs never, each once, up to the last row', (t) => {
  const random = new Random(19)
  const { memory, kernels, area } = fixture()
  for (const narrow of [1, 2, 4] as const)
    for (const rows of [...ROWS, 63, 64, 65, 128, 129])
      for (const share of [0, 0.05, 0.5, 1]) {
        const edges = DIFFERENCES[narrow]!.map(Number)
        const [low, high] = [random.pick(edges), random.pick(edges)].toSorted((a, b) => a - b) as [number, number]
        const most = edges.at(-1)!
        const base = random.pick([LEAST_LONG, -7n, GREATEST_LONG - BigInt(most)])
        // About such a share lies within, on the bounds as often as not.
        const inside = [low, high, random.integer(low, high)]
        const outside = [low - 1, high + 1, 0, most].filter((x) => x >= 0 && x <= most && (x < low || x > high))
        const values = Array.from({ length: rows }, () =>
          outside.length === 0 || random.chance(share) ? random.pick(inside) : random.pick(outside),
        )
        const valid = values.map(() => random.chance(0.8))
        const column = area(4 * MOST_ROWS)
        const validity = area(MOST_ROWS)
        const [bits, list] = [area(MOST_ROWS), area(4 * MOST_ROWS)]
        for (const [i, value] of values.entries()) {
          if (narrow === 1) memory.view.setUint8(column + i, value)
          else if (narrow === 2) memory.view.setUint16(column + 2 * i, value, true)
          else memory.view.setUint32(column + 4 * i, value, true)
          memory.bytes[validity + i] = Number(valid[i])
        }
        const found = (isFirst: boolean, mask: number): readonly number[] => {
          const [least, greatest] = [base + BigInt(low), base + BigInt(high)]
          const may = kernels.rangeBits(column, mask, rows, narrow, base, least, greatest, Number(isFirst), bits)
          const count = may ? kernels.listBits(bits, rows, list) : 0
          return Array.from({ length: count }, (_, i) => memory.view.getUint32(list + 4 * i, true))
        }
        const within = values.flatMap((value, i) => (value >= low && value <= high ? [i] : []))
        t.deepEqual(found(true, 0), within, `${narrow} bytes, ${low} to ${high}`)
        t.deepEqual(
          found(true, validity),
          within.filter((i) => valid[i]),
        )
        // A second range leaves what both have.
        memory.bytes.fill(0, bits, bits + MOST_ROWS)
        for (let i = 0; i < rows; i += 2) memory.bytes[bits + (i >> 3)]! |= 1 << (i & 7)
        t.deepEqual(
          found(false, 0),
          within.filter((i) => i % 2 === 0),
        )
        for (const at of [column, validity, bits, list]) memory.release(at)
      }
})

test('ranges that no difference of a width lies in are told, and those that reach beyond its values are cut', (t) => {
  const { memory, kernels, area } = fixture()
  const [column, bits, list] = [area(256), area(64), area(256)]
  for (const narrow of [1, 2, 4] as const) {
    const most = (1n << BigInt(8 * narrow)) - 1n
    for (const base of [LEAST_LONG, LEAST_LONG + 1n, -5n, 0n, GREATEST_LONG - most - 1n, GREATEST_LONG - most]) {
      memory.bytes.fill(0, column, column + 256)
      // The least value, the greatest, and one between.
      const values = [base, base + most, base + 3n]
      for (const [i, value] of values.entries()) {
        const difference = Number(value - base)
        if (narrow === 1) memory.view.setUint8(column + i, difference)
        else if (narrow === 2) memory.view.setUint16(column + 2 * i, difference, true)
        else memory.view.setUint32(column + 4 * i, difference, true)
      }
      const bounds = [LEAST_LONG, base - 1n, base, base + 3n, base + most, base + most + 1n, GREATEST_LONG].map(
        (bound) => (bound < LEAST_LONG ? LEAST_LONG : bound > GREATEST_LONG ? GREATEST_LONG : bound),
      )
      for (const least of bounds)
        for (const greatest of bounds) {
          const may = kernels.rangeBits(column, 0, values.length, narrow, base, least, greatest, 1, bits)
          const isPossible = least <= greatest && greatest >= base && least <= base + most
          t.is(may, Number(isPossible), `${narrow} bytes above ${base}, ${least} to ${greatest}`)
          const count = may ? kernels.listBits(bits, values.length, list) : 0
          t.deepEqual(
            Array.from({ length: count }, (_, i) => memory.view.getUint32(list + 4 * i, true)),
            values.flatMap((value, i) => (value >= least && value <= greatest ? [i] : [])),
          )
        }
    }
  }
  for (const at of [column, bits, list]) memory.release(at)
})
