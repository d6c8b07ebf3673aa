import test from 'ava'
import { advanced, together, type Watermarks, withoutIdle } from '../../../driver/streaming/watermarks.js'

const declared = [
  { watermarkId: 0, delayMicros: 10n },
  { watermarkId: 1, delayMicros: 0n },
]

/** Watermarks after a batch with these greatest times. */
const after = (before: Watermarks, greatest: readonly (readonly [watermarkId: number, micros: bigint])[]) =>
  advanced(before, declared, new Map(greatest.map(([id, maxMicros]) => [id, { maxMicros }])))

test('each watermark follows the greatest time seen of its own rows, less its delay, and none goes back', (t) => {
  const first = after({}, [[0, 50n]])
  t.deepEqual(first, { 0: 40n })
  const second = after(first, [
    [0, 45n],
    [1, -7n],
  ])
  t.deepEqual(second, { 0: 40n, 1: -7n })
  t.deepEqual(after(second, []), second)
})

test('times from after the clock count as if they were of now, so that they do not make all others late', (t) => {
  const at = (micros: bigint, most?: bigint) => advanced({}, declared, new Map([[0, { maxMicros: micros }]]), most)
  t.deepEqual(at(101n, 100n), { 0: 90n })
  t.deepEqual(at(100n, 100n), { 0: 90n })
  t.deepEqual(at(99n, 100n), { 0: 89n })
  t.deepEqual(at(101n), { 0: 91n })
  t.deepEqual(advanced({ 0: 95n }, declared, new Map([[0, { maxMicros: 500n }]]), 100n), { 0: 95n })
})

test('several watermarks are together the least, once there is one of each, or the greatest', (t) => {
  t.is(together({ 0: 40n, 1: 7n, 2: 1n }, [0, 1], 'min'), 7n)
  t.is(together({ 0: 40n, 1: 7n, 2: 99n }, [0, 1], 'max'), 40n)
  t.is(together({ 0: 40n }, [0, 1], 'min'), undefined)
  t.is(together({ 0: 40n }, [0, 1], 'max'), 40n)
  t.is(together({ 0: 40n }, [], 'min'), undefined)
})

test('idle watermarks go on with the least of the others, and back for none', (t) => {
  const known = { 0: 40n, 1: 7n, 2: 9n }
  const idle = (...ids: readonly number[]) => withoutIdle(known, (id) => ids.includes(id), [0, 1, 2])
  t.deepEqual(idle(1), { ...known, 1: 9n })
  t.deepEqual(idle(0), known, 'one that is ahead stays there')
  t.deepEqual(idle(0, 1), { ...known, 1: 9n })
  t.is(idle(), known)
  t.is(idle(0, 1, 2), known, 'none is left to go on with')
})
