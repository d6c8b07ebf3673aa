import test from 'ava'
import {
  addressOf,
  BAD_USAGE,
  bytesOf,
  durationOf,
  masterOf,
  portOf,
  positiveOf,
  topicOf,
} from '../../cli/commands/arguments.js'
import { settingOf } from '../../cli/commands/session-options.js'

const DAY_MS = 86_400_000
const MIB = 1024 ** 2

test('arguments are taken from the least to the greatest that makes sense, and others are bad usage', (t) => {
  const CASES: readonly (readonly [
    read: (text: string) => unknown,
    good: Readonly<Record<string, unknown>>,
    bad: readonly string[],
  ])[] = [
    [portOf, { '0': 0, '65535': 65_535 }, ['65536', '-1', '1.5', '', 'http']],
    [positiveOf, { '1': 1, '10000': 10_000 }, ['0', '10001', '-1', 'many']],
    [(text) => durationOf(text, 100), { '100ms': 100, '1 day': DAY_MS }, ['99ms', '86401s', '0s', 'soon', '']],
    [bytesOf, { '16m': 16 * MIB, '1.5g': 1536 * MIB }, ['16777215', '15m', '-1', 'much']],
    [addressOf, { 'a:0': 'a:0', '127.0.0.1:65535': '127.0.0.1:65535' }, ['a', ':1', 'a:65536', 'a:', 'a/b:1']],
    [masterOf, { 'millrace://a:7077': 'a:7077' }, ['a:7077', 'millrace://a', 'millrace://a:65536', 'spark://a:1']],
    [
      topicOf,
      { a: [{ name: 'a' }], 'a:10000': [{ name: 'a', partitions: 10_000 }] },
      ['', ':1', 'a:0', 'a:10001', 'a:1:2', 'a:'],
    ],
  ]
  for (const [read, good, bad] of CASES) {
    for (const [text, value] of Object.entries(good)) t.deepEqual(read(text), value, text)
    for (const text of bad)
      t.like(
        t.throws(() => read(text), { message: /^error: / }, text),
        { exitCode: BAD_USAGE },
        text,
      )
  }
  t.deepEqual(topicOf('b:2', topicOf('a')), [{ name: 'a' }, { name: 'b', partitions: 2 }])
})

test('a setting is a key and what stands behind the first equals sign', (t) => {
  t.deepEqual(settingOf('a=b=c', { x: 'y', a: 'before' }), { x: 'y', a: 'b=c' })
  t.deepEqual(settingOf(' a = '), { a: '' })
  for (const text of ['', 'a', '=b']) t.throws(() => settingOf(text), { message: /key=value/ }, text)
})
