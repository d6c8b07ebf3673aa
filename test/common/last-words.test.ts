import { inspect } from 'node:util'
import test from 'ava'
import { lastWordsOf } from '../../common/last-words.js'

const STACK =
  '    at run (file:///app/a.js:1:7)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)'

test('the last words of a process are the line of its error, not a frame of its stack', (t) => {
  const cases: readonly (readonly [text: string, words: string])[] = [
    ['', ''],
    ['\n\n', ''],
    ['gone\n', 'gone'],
    [`Error: no such report\n${STACK}\n`, 'Error: no such report'],
    [`file:///app/a.js:1\nthrow new Error('x')\n      ^\n\nError: x\n${STACK}\n\nNode.js v20.20.2\n`, 'Error: x'],
    [inspect(Object.assign(new TypeError('x', { cause: new Error('y') }), { code: 'E' })), 'TypeError: x'],
    [
      `file:///app/a.js:2\nconst = 1\n      ^\n\nSyntaxError: Unexpected token '='\n${STACK}\n`,
      "SyntaxError: Unexpected token '='",
    ],
    [
      `Error: first\n${STACK}\nMillraceError: [A_CONDITION] what\n\n== SQL ==\nselec 1\n  ^^^\n${STACK}`,
      'MillraceError: [A_CONDITION] what',
    ],
    [`Error: first\n${STACK}\ntold without a name\n${STACK}\n`, 'told without a name'],
    [`Error: first\n${STACK}\ngiving up\n`, 'giving up'],
    ['[A_CONDITION] what\r\n', '[A_CONDITION] what'],
    [`${STACK}\n`, 'at process.processTicksAndRejections (node:internal/process/task_queues:95:5)'],
  ]
  for (const [text, words] of cases) t.is(lastWordsOf(text), words, text)
})
