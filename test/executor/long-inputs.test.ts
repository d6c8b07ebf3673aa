import test from 'ava'
import { STRING } from '../../columnar/types.js'
import { initcap } from '../../executor/routines/letter-case.js'
import { text } from '../../executor/routines/xpath.js'
import { patternElements } from '../../planner/plan/time-pattern/elements.js'
import { raised } from '../support/raised.js'

const TYPES = { arguments: [], result: STRING }
const KERNELS = { tellsTime: () => false }
const capitals = (words: string) => initcap([words, 'und'], TYPES, KERNELS)
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
