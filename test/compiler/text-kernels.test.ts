import { createHash } from 'node:crypto'
import test from 'ava'
import { INT, STRING } from '../../columnar/types.js'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL } from '../../executor/kernels/interface/text.js'
import { evaluate, kernels, memory } from '../support/evaluate.js'
import { call, column } from '../support/expressions.js'
import { Random } from '../support/random.js'

/** What a kernel makes of texts, given as addresses and lengths, and where it tells the result. */
function made(texts: readonly Uint8Array[], run: (operands: readonly number[], out: number) => void): Buffer {
  kernels.arenaReset()
  const out = memory.allocate(16)
  const places = texts.map((bytes) => {
    const address = memory.allocate(Math.max(1, bytes.length))
    memory.bytes.set(bytes, address)
    return address
  })
  run(
    texts.flatMap((bytes, i) => [places[i]!, bytes.length]),
    out,
  )
  const address = memory.view.getUint32(out + RESULT_ADDRESS, true)
  const result = Buffer.from(memory.bytes.slice(address, address + memory.view.getUint32(out + RESULT_LENGTH, true)))
  for (const place of [out, ...places]) memory.release(place)
  return result
}

const bytesOf = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.integer(0, 255))

/** Code points of one to four bytes, those of one often. */
const POINTS = ['a', 'b', 'c', 'A', ' ', '7', '\u007f', 'é', 'ß', '€', '字', '😀']
const textOf = (random: Random, length: number): string => {
  const isAscii = random.chance(0.5)
  return Array.from({ length }, () => random.pick(isAscii ? POINTS.slice(0, 7) : POINTS)).join('')
}

test('digests of every length around their blocks are those of the standard library', (t) => {
  const random = new Random(5)
  for (let length = 0; length <= 300; length++) {
    const bytes = bytesOf(random, length)
    const expected = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
    t.is(made([bytes], ([at, size], out) => kernels.textMd5(at!, size!, out)).toString(), expected('md5'))
    t.is(made([bytes], ([at, size], out) => kernels.textSha1(at!, size!, out)).toString(), expected('sha1'))
    for (const bits of [224, 256, 384, 512])
      t.is(
        made([bytes], ([at, size], out) => kernels.textSha2(at!, size!, bits, out)).toString(),
        expected(`sha${bits}`),
      )
    const digest = made([bytes], ([at, size], out) => kernels.bytesDigest(at!, size!, out))
    t.is(Buffer.from(digest).toString('hex'), expected('sha256').slice(0, 32))
  }
  made([bytesOf(random, 3)], ([at, size], out) => t.is(kernels.textSha2(at!, size!, 128, out), ROUTINE_NULL))
})

test('base 64 of every length has lines of 76 signs', (t) => {
  const random = new Random(6)
  for (let length = 0; length <= 200; length++) {
    const bytes = bytesOf(random, length)
    const expected = Buffer.from(bytes)
      .toString('base64')
      .replace(/(.{76})(?=.)/g, '$1\r\n')
    t.is(made([bytes], ([at, size], out) => kernels.textBase64(at!, size!, out)).toString(), expected)
  }
})

test('texts of any code points are reversed and translated point by point', (t) => {
  const random = new Random(7)
  for (let i = 0; i < 2000; i++) {
    const [text, from, to] = [0, 0, 0].map((_, k) => textOf(random, random.integer(0, k === 0 ? 40 : 6)))
    const points = [...text!]
    const reversed = made([Buffer.from(text!)], ([at, size], out) => kernels.textReverse(at!, size!, out))
    t.is(reversed.toString(), points.toReversed().join(''))
    const [known, targets] = [[...from!], [...to!]]
    const expected = points.map((point) => {
      const place = known.indexOf(point)
      return place < 0 ? point : (targets[place] ?? '')
    })
    const operands = [text!, from!, to!].map((x) => Buffer.from(x))
    const translated = made(operands, ([a, b, c, d, e, f], out) => kernels.textTranslate(a!, b!, c!, d!, e!, f!, out))
    t.is(translated.toString(), expected.join(''), JSON.stringify([text, from, to]))
  }
})

test('texts are counted and searched up to their end, whatever lies behind', (t) => {
  const random = new Random(8)
  for (let i = 0; i < 4000; i++) {
    const text = textOf(random, random.integer(0, 45))
    const part = textOf(random, random.integer(1, 4))
    // The part lies behind the text, whole, so that it begins in each of its last places.
    const bytes = Buffer.from(text + part)
    made([bytes, Buffer.from(part)], ([at, , needle, size], out) => {
      for (let cut = 0; cut < size!; cut++) {
        const length = Buffer.byteLength(text) + cut
        const found = bytes.subarray(0, length).indexOf(part)
        t.is(kernels.bytesFind(at!, length, needle!, size!), found, JSON.stringify([text, part, cut]))
        if (cut > 0) continue
        const place = found < 0 ? 0 : [...bytes.subarray(0, found).toString()].length + 1
        t.is(kernels.utf8Length(at!, length), [...text].length)
        t.is(kernels.textPosition(at!, length, needle!, size!, 1), place)
      }
      memory.view.setUint32(out + RESULT_LENGTH, 0, true)
    })
  }
})

test('the length of a text is right for every length around the steps, with wide characters at every place', (t) => {
  const texts = ['']
  for (let length = 1; length <= 40; length++) {
    texts.push('a'.repeat(length))
    for (let place = 0; place < length; place++) texts.push(`${'a'.repeat(place)}ß${'a'.repeat(length - place - 1)}`)
  }
  const length = call('length', INT, column(0, STRING))
  const made = evaluate(length, [{ type: STRING, nullable: false, values: texts }], texts.length)
  t.deepEqual(
    made,
    texts.map((text) => ({ value: text.length })),
  )
})

/** How far two texts are apart, by the whole table of distances. */
function distanceOf(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (const [i, one] of a.entries()) {
    const next = [i + 1]
    for (const [j, other] of b.entries())
      next.push(Math.min(row[j]! + (one === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1))
    row = next
  }
  return row[b.length]!
}

/** A text with some of its code points replaced, left out or twice there. */
const changed = (random: Random, text: string): string =>
  Array.from(text, (point) =>
    random.chance(0.2) ? random.pick(['', random.pick(POINTS), point + point]) : point,
  ).join('')

test('distances of texts of every length around blocks of 64 are those of the whole table, up to any limit', (t) => {
  const random = new Random(9)
  const lengths = [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200, 400]
  for (const length of lengths) {
    for (const otherLength of lengths) {
      const text = textOf(random, length)
      const other = random.chance(0.5) ? changed(random, text) : textOf(random, otherLength)
      const expected = distanceOf(Array.from(text), Array.from(other))
      for (const most of [2 ** 31 - 1, expected, expected - 1, 20]) {
        const run = ([at, size, otherAt, otherSize]: readonly number[]): void => {
          const found = kernels.textDistance(at!, size!, otherAt!, otherSize!, most)
          t.is(found, expected <= most ? expected : -1, `${JSON.stringify([text, other])} up to ${most}`)
        }
        made([Buffer.from(text), Buffer.from(other)], run)
      }
    }
  }
})
