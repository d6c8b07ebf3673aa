import test from 'ava'
import { type Measures, PROCESSOR, trendsOf, trendTable } from '../soak/measures.js'

const MIB = 1024 ** 2
/** A soak whose numbers are these at each moment. */
const soak = (of: (i: number) => Measures): readonly boolean[] =>
  trendsOf(Array.from({ length: 60 }, (_, i) => of(i))).map(({ isFlat }) => isFlat)

test('what grows for good is told, and what grows in the warm-up or shakes is not', (t) => {
  t.deepEqual(
    soak((i) => ({
      'resident bytes': (300 + i * 16) * MIB,
      files: 100 + i * 10,
      'a batch ms': 20 + i * 5,
      'b batch ms': 20,
      'c batch ms': 30,
    })),
    [false, false, false, true, true],
  )
  // The one may be garbage that is not collected yet, the other is what lives.
  t.deepEqual(
    soak((i) => ({ 'resident bytes': (300 + i * 4) * MIB, 'heap bytes': (300 + i * 4) * MIB })),
    [true, false],
  )
  t.deepEqual(
    soak((i) => ({ 'resident bytes': 300 * MIB * (i < 15 ? i / 15 : 1), descriptors: 40 })),
    [true, true],
  )
  t.deepEqual(
    soak((i) => ({ 'resident bytes': (300 + (i % 5) * 20) * MIB, 'a batch ms': i === 50 ? 900 : 20 })),
    [true, true],
  )
  t.deepEqual(
    soak((i) => ({ descriptors: 40 + i })),
    [false],
  )
})

test('batches of all streams that take longer as the machine has much else to do are flat, one that grows beyond them is not', (t) => {
  const isLoaded = (i: number): boolean => i > 40
  t.deepEqual(
    soak((i) => ({
      'a batch ms': isLoaded(i) ? 400 : 40,
      'b batch ms': isLoaded(i) ? 900 : 90,
      'c batch ms': isLoaded(i) ? 3000 : 60,
    })),
    [true, true, false],
  )
})

test('work that grows is told where batches and events both take more of the processors, however many of them there are', (t) => {
  const soaked = (ofBatch: (i: number) => number, ofEvent: (i: number) => number): readonly boolean[] =>
    soak((i) => ({ [PROCESSOR.ofBatch]: ofBatch(i), [PROCESSOR.ofEvent]: ofEvent(i) }))
  // Fewer batches, of more events each, and more of fewer.
  t.deepEqual(
    soaked(
      (i) => 9000 + i * 900,
      (i) => 900 - i * 9,
    ),
    [true, true],
  )
  t.deepEqual(
    soaked(
      (i) => 90_000 - i * 900,
      (i) => 90 + i * 9,
    ),
    [true, true],
  )
  t.deepEqual(
    soaked(
      (i) => 9000 + i * 900,
      (i) => 90 + i * 9,
    ),
    [false, false],
  )
})

test('the table shows both ends of each number', (t) => {
  const lines = trendTable([{ name: 'resident bytes', early: 100 * MIB, late: 300 * MIB, isFlat: false }]).split('\n')
  t.regex(lines[1]!, /^resident bytes +100\.0 MiB +300\.0 MiB +grows$/)
})
