// Writes executor/kernels/assembly/text/letter-tables.ts: Unicode's full case mapping as this Node has it, and what decides about the final
// sigma. Run it (node tools/letters/generate.mjs) with a newer Node to get newer letters; test/spark/letters.test.ts compares with Spark.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const WIDTH = 118
const isSurrogate = (point) => point >= 0xd800 && point < 0xe000
const points = Array.from({ length: 0x110000 }, (_, i) => i).filter((point) => point >= 0x80 && !isSurrogate(point))

/** [point, mapped points] of all letters that change. */
function mappings(change) {
  return points
    .map((point) => [point, Array.from(change(String.fromCodePoint(point)), (c) => c.codePointAt(0))])
    .filter(([point, to]) => to.length !== 1 || to[0] !== point)
}

/** Runs of letters at the same distance from each other, mapped by the same difference: first, count, step, difference. */
function runs(pairs) {
  const left = new Map(pairs.filter(([, to]) => to.length === 1).map(([point, [to]]) => [point, to - point]))
  const result = []
  for (const [first, difference] of left) {
    if (!left.has(first)) continue
    const length = (step) => {
      let count = 1
      while (left.get(first + count * step) === difference) count++
      return count
    }
    const step = length(1) > 1 ? 1 : 2
    const count = length(step)
    for (let i = 0; i < count; i++) left.delete(first + i * step)
    result.push(first, count, step, difference)
  }
  return result
}

/** What becomes several letters: point, then three of them, 0 where there are fewer. */
const specials = (pairs) =>
  pairs.filter(([, to]) => to.length > 1).flatMap(([point, [a, b, c = 0]]) => [point, a, b, c])

/** Ranges of letters with a property: first and last, in order. */
function ranges(property) {
  const result = []
  for (let point = 0, first = -1; point <= 0x110000; point++) {
    const has = point < 0x110000 && !isSurrogate(point) && property.test(String.fromCodePoint(point))
    if (has && first < 0) first = point
    if (!has && first >= 0) {
      result.push(first, point - 1)
      first = -1
    }
  }
  return result
}

function table(name, comment, numbers, group) {
  const lines = []
  let line = ' '
  numbers.forEach((number) => {
    const text = ` ${number},`
    if (line.length + text.length > WIDTH) {
      lines.push(line)
      line = ' '
    }
    line += text
  })
  lines.push(line)
  return `/** ${comment} */\nexport const ${name}: usize = memory.data<i32>([\n${lines.join('\n')}\n])\nexport const ${name}_COUNT = ${numbers.length / group}\n`
}

const upper = mappings((text) => text.toUpperCase())
const lower = mappings((text) => text.toLowerCase())
const text = [
  `// Unicode ${process.versions.unicode}: written by tools/letters/generate.mjs, not by hand.\n`,
  table(
    'UPPER_RUNS',
    'Runs of letters and the difference to their capitals: first, count, step, difference.',
    runs(upper),
    4,
  ),
  table('LOWER_RUNS', 'The same for small letters.', runs(lower), 4),
  table(
    'UPPER_SPECIALS',
    'Letters whose capitals are several letters: the letter, and three of which the last may be 0.',
    specials(upper),
    4,
  ),
  table('LOWER_SPECIALS', 'The same for small letters.', specials(lower), 4),
  table('CASED', 'Ranges of letters that have a case: first and last.', ranges(/\p{Cased}/u), 2),
  table(
    'CASE_IGNORABLE',
    'Ranges of what does not count between letters: first and last.',
    ranges(/\p{Case_Ignorable}/u),
    2,
  ),
].join('\n')
writeFileSync(fileURLToPath(new URL('../../executor/kernels/assembly/text/letter-tables.ts', import.meta.url)), text)
