import test from 'ava'
import { PATTERN_MADE, PATTERN_NOT_BUILT } from '../../executor/kernels/interface/pattern.js'
import { makePattern } from '../../executor/patterns/make-pattern.js'

const outcome = (pattern: string): number => makePattern(pattern, true).outcome

// Each of them would take minutes if a part looked at all parts behind it, or before it.
test('a long pattern is made, or refused for its length, with work for each of its parts once', (t) => {
  t.is(outcome('ab'.repeat(100_000)), PATTERN_NOT_BUILT)
  t.is(outcome('a*'.repeat(100_000)), PATTERN_NOT_BUILT)
  t.is(outcome('a*'.repeat(4_000)), PATTERN_MADE)
  t.is(outcome('(a?)'.repeat(2_000)), PATTERN_MADE)
})

const DIFFERENT = Array.from({ length: 20_000 }, (_, i) => String.fromCodePoint(0x10000 + 2 * i))

test('a class of many characters, and many of them that may follow each other, are put together once', (t) => {
  t.is(outcome(`[${DIFFERENT.join('')}]`), PATTERN_MADE)
  t.is(outcome(DIFFERENT.slice(0, 4_000).join('?')), PATTERN_MADE)
  t.is(outcome(DIFFERENT.slice(0, 6_000).join('?')), PATTERN_MADE)
  t.is(outcome(`${'a?'.repeat(6_000)}[${DIFFERENT.slice(0, 1_900).join('')}]`), PATTERN_MADE)
})
