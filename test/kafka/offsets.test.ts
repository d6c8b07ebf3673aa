import test from 'ava'
import { offsetOf, offsetsFromJson, partitionOffsets, toOffsets } from '../../connectors/kafka/source/offsets.js'

test('topics may be named as what every object has', (t) => {
  const list = ['__proto__', 'constructor'].map((topic) => ({ topic, partition: 0, offset: 5n }))
  const offsets = toOffsets(list)
  t.deepEqual(partitionOffsets(offsets), list)
  t.deepEqual(partitionOffsets(offsetsFromJson(offsets)), list)
  t.is(offsetOf(offsets, '__proto__', 0), 5n)
  t.is(offsetOf(toOffsets([]), 'constructor', 0), undefined)
  t.is(Object.keys(Object.prototype).length, 0)
})
