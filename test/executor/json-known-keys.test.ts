import test from 'ava'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_VALUE } from '../../executor/kernels/interface/text.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'

const memory = threadMemory()
const { kernels } = memory
const out = memory.allocate(16)

function put(text: string): readonly [address: number, length: number] {
  const bytes = new TextEncoder().encode(text)
  const address = memory.allocate(bytes.length + 16)
  memory.bytes.set(bytes, address)
  return [address, bytes.length]
}

const path = put('$.user')

function read([address, length]: readonly [number, number]): string | null {
  if (kernels.jsonPath(address, length, ...path, out) !== ROUTINE_VALUE) return null
  const [at, count] = [RESULT_ADDRESS, RESULT_LENGTH].map((field) => memory.view.getUint32(out + field, true))
  const text = new TextDecoder().decode(memory.bytes.slice(at!, at! + count!))
  kernels.arenaReset()
  return text
}

/** What JSON.parse finds, as a text. */
function expected(text: string): string | null {
  try {
    const { user } = JSON.parse(text) as { readonly user?: unknown }
    return user === undefined || user === null ? null : typeof user === 'string' ? user : JSON.stringify(user)
  } catch {
    return null
  }
}

const many = (count: number): string => Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join()

const TEXTS = [
  '{"user":"u1","n":45,"tags":["a","b"],"geo":{"lat":23,"lon":1.5}}',
  '{"user": "u2", "n": 4, "tags": ["a", "b"], "geo": {"lat": 3, "lon": -1.25}}',
  '{"user" : "u3" , "n" : 4 , "tags" : [ ] , "geo" : { } }',
  '{"user":7,"n":0,"tags":[0,10,1.5],"geo":{"lat":1e3,"lon":true}}',
  '{"user":12,"n":01}',
  '{"user":12,"n":1.}',
  '{"user":12,"n":1.5.5}',
  '{"user":12,"n":12a}',
  '{"user":12.25,"n":null}',
  '{"users":1,"user":2}',
  '{"use":1,"user":3}',
  '{"us\\u0065r":"escaped","n":1}',
  '{"n":1,"user":"later"}',
  '{"n":{"user":"within"},"user":"u4"}',
  '{"user":{"user":[1,{"user":2}]},"n":1}',
  '{"user":"say \\"u5\\"","n":"\\\\"}',
  '{"a key of more than sixteen bytes":1,"user":5}',
  '{"a key of more than sixteen bytes":1, "user":"u6"}',
  '{"user"',
  '{"user":',
  '{"user":1',
  '{"user"1}',
  '{"user":1,}',
  '{"user":1,"n"}',
  '{"user":1,"n":}',
  `{${many(63)},"user":"the last that is known"}`,
  `{${many(64)},"user":"behind it"}`,
  `{${many(200)}, "user":"far behind"}`,
]

test('what a text of JSON gives does not depend on the keys of those before', (t) => {
  const texts = TEXTS.map((text) => ({ text, at: put(text), value: expected(text) }))
  for (const first of texts) {
    for (const second of texts) {
      t.is(read(first.at), first.value, first.text)
      t.is(read(second.at), second.value, `${second.text} behind ${first.text}`)
      t.is(read(second.at), second.value, `${second.text} again`)
    }
  }
})

test('of a text with many keys no more than there are places for are kept', (t) => {
  const text = put(`{${Array.from({ length: 300 }, (_, i) => `"z${1000 + i}":${i}`).join()},"user":1}`)
  // What kernels keep lies before all that is allocated.
  const kept = () => memory.bytes.slice(0, out)
  const before = kept()
  t.is(read(text), '1')
  const changed = kept().filter((byte, i) => byte !== before[i]).length
  t.true(changed > 0 && changed <= 64 * 32, `${changed} bytes`)
})
