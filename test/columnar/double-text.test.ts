import test from 'ava'
import { doubleText, floatText } from '../../columnar/double-text.js'

test('doubles print as in Java: with an exponent from ten million on and below a thousandth', (t) => {
  const texts: readonly (readonly [number, string])[] = [
    [1e7, '1.0E7'],
    [-9_999_999, '-9999999.0'],
    [1e-3, '0.001'],
    [9.99e-4, '9.99E-4'],
    [Number.MIN_VALUE, '4.9E-324'],
    [-0, '-0.0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ]
  for (const [value, text] of texts) t.is(doubleText(value), text)
})

test('floats print with the fewest digits that are the same float, two at least', (t) => {
  const texts: readonly (readonly [number, string])[] = [
    [0.1, '0.1'],
    [-0, '-0.0'],
    [2 ** -149, '1.4E-45'],
    [16_777_216, '1.6777216E7'],
    [3.402_823_4e38, '3.4028235E38'],
  ]
  for (const [value, text] of texts) t.is(floatText(Math.fround(value)), text)
})
