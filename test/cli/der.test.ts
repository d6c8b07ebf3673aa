import test from 'ava'
import { octets } from '../../cli/certificates/der.js'

test('lengths are told in as few bytes as can be, as DER wants them', (t) => {
  const heads: readonly (readonly [number, string])[] = [
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_536, '0483010000'],
  ]
  for (const [bytes, head] of heads) t.is(octets(Buffer.alloc(bytes)).subarray(0, -bytes).toString('hex'), head)
})
