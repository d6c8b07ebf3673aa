import test from 'ava'
import { topicPattern } from '../../connectors/kafka/source/topic-pattern.js'

const fitting = (pattern: string, topics: readonly string[]): readonly string[] => topics.filter(topicPattern(pattern))

test('a pattern fits whole names', (t) => {
  const topics = ['events', 'events-1', 'my-events', 'EVENTS', 'a.b', 'axb', 'b-]']
  t.deepEqual(fitting('events.*', topics), ['events', 'events-1'])
  t.deepEqual(fitting('^events$|a\\.b', topics), ['events', 'a.b'])
  t.deepEqual(fitting('(?i)events', topics), ['events', 'EVENTS'])
  t.deepEqual(fitting('[[:alpha:]]+|a[.-]b', topics), ['events', 'EVENTS', 'a.b', 'axb'])
  t.deepEqual(fitting('(?<name>\\p{Lu}+)', topics), ['EVENTS'])
  t.deepEqual(fitting('\\w-[]]', topics), ['b-]'])
  t.deepEqual(fitting('', topics), [])
})

test('no pattern takes more than time linear in the name', (t) => {
  const name = 'a'.repeat(200)
  for (const pattern of ['(a+)+b', '(a|a)*b', '(.*)*x', '(a?){200}a{200}b', '(\\w+\\s?)*-'])
    t.deepEqual(fitting(pattern, [name]), [], pattern)
})

test('a pattern that is none, or cannot be matched in linear time, is refused with its reason', (t) => {
  const refused = {
    '(': /missing closing \)/,
    '[a': /missing closing ]/,
    '*': /missing argument/,
    'a{2,1}': /invalid repeat count/,
    '(?=a)a': /unsupported Perl syntax/,
    '(?<!a)b': /invalid named capture/,
    '(a)\\1': /invalid escape sequence/,
    'a++': /invalid nested repetition/,
    '(?>a)': /unsupported Perl syntax/,
    'a{9999}': /invalid repeat count/,
    '[a-z&&[^b]]': /a class may not hold another class/,
    '[a[bc]]': /a class may not hold another class/,
    '[]a[b]]': /a class may not hold another class/,
    '[^]a[b]]': /a class may not hold another class/,
    [`${'('.repeat(2000)}a${')'.repeat(2000)}`]: /nests too deeply/,
  }
  for (const [pattern, message] of Object.entries(refused)) {
    const error = t.throws(() => topicPattern(pattern), { message }, pattern)
    t.like(error, { condition: 'INVALID_OPTION', parameters: { option: 'subscribePattern', provider: 'kafka' } })
  }
  t.notThrows(() => topicPattern('\\[a\\[b\\]'))
  t.notThrows(() => topicPattern('[^]a]'))
})
