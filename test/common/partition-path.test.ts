import test from 'ava'
import { partitionFolder, partitionText, partitionTexts } from '../../common/partition-path.js'

test('folders have what paths and Hive give a meaning escaped, and nothing else', (t) => {
  for (const character of [
    '"',
    '#',
    '%',
    "'",
    '*',
    '/',
    ':',
    '=',
    '?',
    '\\',
    '{',
    '[',
    ']',
    '^',
    '\u0001',
    '\u001f',
    '\u007f',
  ]) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
    t.is(partitionFolder([['k', `a${character}b`]]), `k=a%${code}b`, JSON.stringify(character))
  }
  const plain = ' !$&()+,-.;<>@AZaz09_`|}~äé😀'
  t.is(partitionFolder([['k', plain]]), `k=${plain}`)
})

test('what is written in the names of folders comes back from them', (t) => {
  const values = [
    ['a=b', 'x/y=%2F'],
    ['c', null],
    ['d', '%zz^'],
  ] as const
  t.is(partitionFolder(values), 'a%3Db=x%2Fy%3D%252F/c=__HIVE_DEFAULT_PARTITION__/d=%25zz%5E')
  t.deepEqual(partitionTexts(partitionFolder(values)), values)
  t.deepEqual(partitionTexts(partitionFolder([['k', '']])), [['k', null]])
  t.deepEqual(partitionTexts(''), [])
})

test('a folder without the name of a column is none of a partition', (t) => {
  t.deepEqual(['=x', 'x', 'x='].map(partitionText), [undefined, undefined, ['x', '']])
})
