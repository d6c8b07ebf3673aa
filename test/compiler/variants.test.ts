import test from 'ava'
import { variantJsonText } from '../../columnar/variant-json.js'
import { variantParts } from '../../columnar/variant-parts.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_VALUE } from '../../executor/kernels/interface/text.js'
import {
  VARIANT_BAD_PATH,
  VARIANT_BAD_TEXT,
  VARIANT_EQUAL_KEYS,
  VARIANT_MALFORMED,
  VARIANT_UNKNOWN_TYPE,
} from '../../executor/kernels/interface/variant.js'
import { kernels, memory } from '../support/evaluate.js'
import { Random } from '../support/random.js'

interface Made {
  readonly status: number
  readonly bytes: Buffer
}

/** What a kernel makes of bytes, which lie between others. */
function made(
  operands: readonly Uint8Array[],
  run: (places: readonly number[], out: number) => number,
  around = 0,
): Made {
  kernels.arenaReset()
  const out = memory.allocate(16)
  const places = operands.map((bytes) => {
    const place = memory.allocate(bytes.length + 64)
    memory.bytes.fill(around, place, place + bytes.length + 64)
    memory.bytes.set(bytes, place + 32)
    return place
  })
  memory.bytes.fill(0, out, out + 16)
  const status = run(
    operands.flatMap((bytes, i) => [places[i]! + 32, bytes.length]),
    out,
  )
  const address = memory.view.getUint32(out + RESULT_ADDRESS, true)
  const bytes = Buffer.from(memory.bytes.slice(address, address + memory.view.getUint32(out + RESULT_LENGTH, true)))
  for (const place of [out, ...places]) memory.release(place)
  return { status, bytes }
}

const parsed = (text: string): Made =>
  made([Buffer.from(text)], ([at, size], out) => kernels.variantParse(at!, size!, out))

function written(variant: Uint8Array, around = 0): Made {
  return made(
    [variant],
    ([at, size], out) => {
      kernels.variantsBegin(0, 0)
      kernels.jsonBegin()
      kernels.appendVariantJson(at!, size!)
      kernels.jsonFinish(out)
      return ROUTINE_VALUE
    },
    around,
  )
}

const atPath = (variant: Uint8Array, path: string): Made =>
  made([variant, Buffer.from(path)], ([at, size, path, length], out) =>
    kernels.variantAt(at!, size!, path!, length!, out),
  )

/** A text of JSON, and the same without blanks, with keys in order and numbers as Spark writes them. */
interface Document {
  readonly text: string
  readonly json: string
  readonly members: readonly (readonly [path: string, json: string])[]
}

const CHARACTERS = ['a', 'b', 'Z', '_', ' ', '"', '\\', '\n', '\u0001', 'é', '字', '\uff5e', '😀', '/']
const leaf = (json: string, text = json): Document => ({ text, json, members: [] })

function stringOf(random: Random, most: number): string {
  return Array.from({ length: random.integer(0, most) }, () => random.pick(CHARACTERS)).join('')
}

/** Escaped in one of the ways there are. */
const escaped = (random: Random, text: string): string =>
  random.chance(0.5)
    ? JSON.stringify(text)
    : `"${[...text].map((c) => [...c].flatMap(() => Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`)).join('')).join('')}"`

const asJson = (text: string): string =>
  JSON.stringify(text).replaceAll(/\\u[0-9a-f]{4}/g, (c) => `\\u${c.slice(2).toUpperCase()}`)

function numberOf(random: Random): Document {
  const edge = 2n ** BigInt(random.pick([7, 8, 15, 16, 31, 32, 63, 64])) + BigInt(random.integer(-1, 1))
  const whole = random.chance(0.5) ? -edge : edge
  if (random.chance(0.5)) return leaf(String(whole))
  const fraction = String(random.integer(0, 999)).padStart(random.integer(1, 15), '0')
  const kept = fraction.replace(/0+$/, '')
  return leaf(kept === '' ? String(whole) : `${whole}.${kept}`, `${whole}.${fraction}`)
}

function documentOf(random: Random, depth: number): Document {
  const kind = random.integer(0, depth > 0 ? 6 : 3)
  if (kind === 0) return leaf(random.pick(['true', 'false', 'null']))
  if (kind <= 2) return numberOf(random)
  if (kind === 3) {
    const text = stringOf(random, random.pick([5, 63, 64, 300]))
    return leaf(asJson(text), escaped(random, text))
  }
  const count = random.pick([0, 1, 2, 3, 31, 32, 40, depth > 1 ? 300 : 5])
  const blank = () => random.pick(['', ' ', '\n\t', '\r'])
  const values = Array.from({ length: count }, () => documentOf(random, count > 40 ? 0 : depth - 1))
  if (kind === 4) {
    const text = `[${values.map(({ text }) => blank() + text + blank()).join(',')}]`
    const json = `[${values.map(({ json }) => json).join(',')}]`
    return { text, json, members: values.map(({ json }, i) => [`$[${i}]`, json]) }
  }
  const entries = new Map(values.map((value) => [stringOf(random, 12), value]))
  const text = [...entries].map(([key, { text }]) => `${blank()}${escaped(random, key)}${blank()}:${blank()}${text}`)
  const inOrder = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const members = inOrder.filter(([key]) => !key.includes('"')).map(([key, { json }]) => [`$["${key}"]`, json] as const)
  return {
    text: `{${text.join(',')}}`,
    json: `{${inOrder.map(([key, { json }]) => `${asJson(key)}:${json}`).join(',')}}`,
    members,
  }
}

test('random texts of JSON are variants with their keys in order, whose members are found at their paths', (t) => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new Random(seed)
    const { text, json, members } = documentOf(random, random.integer(0, 3))
    const { status, bytes } = parsed(text)
    t.is(status, ROUTINE_VALUE, `seed ${seed}`)
    t.is(written(bytes).bytes.toString(), json, `seed ${seed}`)
    t.is(variantJsonText(variantParts(bytes)), json, `seed ${seed}, at the edge`)
    for (const [path, member] of members) {
      const found = atPath(bytes, path)
      t.is(found.status, ROUTINE_VALUE, `seed ${seed}, ${path}`)
      t.is(written(found.bytes).bytes.toString(), member, `seed ${seed}, ${path}`)
      const rebuilt = made([found.bytes], ([at, size], out) => kernels.variantRebuilt(at!, size!, out))
      t.is(written(rebuilt.bytes).bytes.toString(), member, `seed ${seed}, ${path}`)
      t.true(rebuilt.bytes.length <= found.bytes.length)
    }
  }
})

test('the bytes of a variant are those that Spark makes', (t) => {
  const { bytes } = parsed('{"b":[1,2.5,"x",null,true],"a":{"c":-129}}')
  const { value, metadata } = variantParts(bytes)
  t.is(Buffer.from(value).toString('hex'), '0202010014001c03050002080a0b0c0c01200119000000057800040201020003107fff')
  t.is(Buffer.from(metadata).toString('hex'), '010300010203626163')
})

const KNOWN = [ROUTINE_VALUE, VARIANT_MALFORMED, VARIANT_UNKNOWN_TYPE]

test('of damaged variants nothing is read that is not theirs, and nothing but what is wrong is told', (t) => {
  const random = new Random(7)
  let refused = 0
  for (let round = 0; round < 1500; round++) {
    const { bytes } = parsed(documentOf(random, 2).text)
    const damaged = Uint8Array.from(
      bytes.subarray(0, random.chance(0.2) ? random.integer(0, bytes.length) : bytes.length),
    )
    for (let i = random.integer(0, 3); i > 0 && damaged.length > 0; i--)
      damaged[random.integer(0, Math.min(damaged.length, 40) - 1)] = random.integer(0, 255)
    const isValid = (around: number) =>
      made([damaged], ([at, size]) => kernels.variantIsValid(at!, size!), around).status
    t.is(isValid(0), isValid(255))
    const [once, again] = [written(damaged, 0).bytes, written(damaged, 255).bytes]
    if (isValid(0) === 1) t.deepEqual(once, again)
    else refused++
    for (const run of [kernels.variantSchema, kernels.variantRebuilt])
      t.true(KNOWN.includes(made([damaged], ([at, size], out) => run(at!, size!, out)).status))
    t.true([...KNOWN, 1].includes(atPath(damaged, '$[0].a').status))
    if (damaged.length < 4) continue
    try {
      variantJsonText(variantParts(damaged))
    } catch (error) {
      t.true(MillraceError.is(error) && /^(MALFORMED|UNKNOWN)/.test(error.condition), String(error))
    }
  }
  t.true(refused > 150, `${refused} were refused`)
})

test('an array that has itself in it many times is malformed: what is read is bounded by the bytes there are', (t) => {
  // Each array has two members, both of which are the next one.
  const levels = 60
  const value = Buffer.concat([...Array.from({ length: levels }, () => Buffer.from([3, 2, 0, 0, 5])), Buffer.from([0])])
  const metadata = Buffer.from([1, 0, 0])
  const variant = Buffer.concat([Buffer.from([3, 0, 0, 0]), metadata, value])
  t.is(made([variant], ([at, size]) => kernels.variantIsValid(at!, size!)).status, 0)
  t.is(made([variant], ([at, size], out) => kernels.variantSchema(at!, size!, out)).status, VARIANT_MALFORMED)
})

test('texts deeper than 1000 values are malformed, and so are variants deeper than 2000', (t) => {
  const nested = (depth: number): Made => parsed('['.repeat(depth) + ']'.repeat(depth))
  t.is(nested(1000).status, ROUTINE_VALUE)
  t.is(nested(1001).status, VARIANT_BAD_TEXT)
  const around = (depth: number): Uint8Array => {
    const arrays = Array.from({ length: depth }, (_, i) => {
      const length = (depth - i - 1) * 10 + 1
      const head = Buffer.alloc(10)
      head.set([(3 << 2) | 3, 1])
      head.writeUInt32LE(length, 6)
      return head
    })
    const sizes = Buffer.concat([...arrays, Buffer.from([0])])
    return Buffer.concat([Buffer.from([3, 0, 0, 0, 1, 0, 0]), sizes])
  }
  const isValid = (depth: number) => made([around(depth)], ([at, size]) => kernels.variantIsValid(at!, size!)).status
  t.is(isValid(2000), 1)
  t.is(isValid(2002), 0)
})

test('malformed texts, keys that are there twice and bad paths have a status of their own', (t) => {
  for (const text of [
    '',
    ' ',
    '01',
    '1,2',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '"\\ud83d"',
    '"\\\'"',
    'nulll',
    'NaN',
    '{"a":1',
  ])
    t.is(parsed(text).status, VARIANT_BAD_TEXT, text)
  for (const text of ['1 2', '[1] x', '{} {', 'true false']) t.is(parsed(text).status, ROUTINE_VALUE, text)
  const twice = parsed(`{"a":{"x":1,${Array.from({ length: 40 }, (_, i) => `"k${i}":${i}`).join()},"x":2}}`)
  t.is(twice.status, VARIANT_EQUAL_KEYS)
  t.is(twice.bytes.toString(), 'x')
  const { bytes } = parsed('{"a":[1]}')
  for (const path of ['', 'a', '$.', '$[', '$[]', '$[x]', "$['a", '$..a', '$.a ', ' $', '$[2147483648]', '$[-1]', '$a'])
    t.is(atPath(bytes, path).status, path === '$.a ' ? 1 : VARIANT_BAD_PATH, path)
})
