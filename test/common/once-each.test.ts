import test from 'ava'
import { onceEach } from '../../common/once-each.js'

test('a function is computed once for each object, whatever other functions gave for it', (t) => {
  const computed: string[] = []
  const length = onceEach(({ text }: { readonly text: string }) => computed.push(`length ${text}`) && text.length)
  const isEmpty = onceEach(({ text }: { readonly text: string }) => computed.push(`empty ${text}`) > 0 && text === '')
  const [a, b] = [Object.freeze({ text: '' }), Object.freeze({ text: 'b' })]
  for (let round = 0; round < 2; round++)
    t.deepEqual([length(a), length(b), isEmpty(a), isEmpty(b)], [0, 1, true, false])
  t.deepEqual(computed, ['length ', 'length b', 'empty ', 'empty b'])
})
