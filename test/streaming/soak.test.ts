import test from 'ava'
import { type Measures, trendsOf, trendTable } from '../soak/measures.js'

const MIB = 1024 ** 2
/** A soak whose numbers are these at each moment. */
const soak = (of: (i: number) => Measures): readonly boolean[] =>
  trendsOf(Array.from({ length: 60 }, (_, i) => of(i))).map(({ isFlat }) => isFlat)

test('what grows for good is told, and what grows in the warm-up or shakes is not', (t) => {
  t.deepEqual(
    soak((i) => ({ 'resident bytes': (300 + i * 16) * MIB, files: 100 + i * 10, 'a batch ms': 20 + i * 5 })),
    [false, false, false],
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

test('the table shows both ends of each number', (t) => {
  const lines = trendTable([{ name: 'resident bytes', early: 100 * MIB, late: 300 * MIB, isFlat: false }]).split('\n')
  t.regex(lines[1]!, /^resident bytes +100\.0 MiB +300\.0 MiB +grows$/)
})
