import test from 'ava'
import { LocalBlocks } from '../../driver/local-blocks.js'

const blocks = [{ rows: 1, bytes: Uint8Array.of(1) }]

test('rows of the session go when nothing names them, and whoever holds them has let them go', (t) => {
  const local = new LocalBlocks()
  local.register('a', blocks)
  const [first, second] = [local.hold(['a']), local.hold(['a'])]
  local.release('a')
  first()
  t.is(local.get('a'), blocks)
  // Letting go twice counts once.
  first()
  t.is(local.get('a'), blocks)
  second()
  t.is(local.size, 0)
})

test('rows that are named stay, also when nobody holds them', (t) => {
  const local = new LocalBlocks()
  local.register('a', blocks)
  local.hold(['a'])()
  t.is(local.get('a'), blocks)
  local.release('a')
  t.is(local.size, 0)
  t.throws(() => local.hold(['a']), { message: /no local relation a/ })
})
