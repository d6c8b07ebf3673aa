import test from 'ava'
import { STRING } from '../../columnar/types.js'
import { decode, encode } from '../../executor/routines/charsets.js'
import { initcap } from '../../executor/routines/letter-case.js'
import { parse } from '../../executor/routines/urls.js'
import { text } from '../../executor/routines/xpath.js'
import { patternElements } from '../../planner/plan/time-pattern/elements.js'
import { raised } from '../support/raised.js'

const TYPES = { arguments: [], result: STRING }
const KERNELS = { tellsTime: () => false }
const capitals = (words: string) => initcap([words, 'und'], TYPES, KERNELS)
const partOf = (url: string, part: string) => parse([url, part], TYPES, KERNELS)
const found = (xml: string) => text([xml, 'a/b', 'xpath_string'], TYPES, KERNELS)

test('words are found in texts of four million characters, and longer ones are refused, which would take minutes', async (t) => {
  t.is(capitals('ab '.repeat(1000)), 'Ab '.repeat(1000))
  await raised(t, () => capitals('ab '.repeat(1_333_334)), 'UNSUPPORTED_FEATURE')
})

test('a pattern of a thousand characters is read, however many brackets are in each other, and a longer one is refused', async (t) => {
  t.is(patternElements(`${'['.repeat(998)}yy`, 'read').length, 1)
  await raised(t, () => patternElements(`${'['.repeat(999)}yy`, 'read'), 'UNSUPPORTED_FEATURE')
})

test('a path is looked for in XML of fifty thousand tags, and more are refused, whose order would take minutes', async (t) => {
  t.is(found(`<a><b>1</b>${'<c/>'.repeat(49_996)}</a>`), '1')
  await raised(t, () => found(`<a><b>1</b>${'<c/>'.repeat(49_997)}</a>`), 'UNSUPPORTED_FEATURE')
})

test('parts of an address are found in one of millions of characters, whose pattern would need room for each', async (t) => {
  t.is(partOf(`http://u:p@h/${'a'.repeat(30_000_000)}%20?k=v#r`, 'QUERY'), 'k=v')
  t.is(partOf(`http://${'a.'.repeat(15_000_000)}b/`, 'HOST'), `${'a.'.repeat(15_000_000)}b`)
  await raised(t, () => partOf(`http://h/?${'a'.repeat(30_000_000)}%2`, 'QUERY'), 'INVALID_URL')
})

test('texts in other character sets have all points of these and no others', async (t) => {
  const there = (text: string, charset: string) =>
    decode([encode([text, charset], TYPES, KERNELS), charset], TYPES, KERNELS)
  for (const text of ['', 'a', 'é😀\u{10ffff}\uffff', '😀'.repeat(1000)]) t.is(there(text, 'utf-32'), text)
  t.is(there('aé\u{ff}', 'iso-8859-1'), 'aé\u{ff}')
  for (const text of ['\u{100}', 'a😀']) await raised(t, () => there(text, 'iso-8859-1'), 'MALFORMED_CHARACTER_CODING')
  await raised(t, () => there('é', 'us-ascii'), 'MALFORMED_CHARACTER_CODING')
})
