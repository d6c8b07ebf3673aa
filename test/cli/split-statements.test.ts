import test from 'ava'
import { splitStatements, splitText } from '../../cli/sql/split-statements.js'

const counted = (text: string): number => splitStatements(text).length

test('each statement keeps its line and position, and nothing else stands before it', (t) => {
  t.deepEqual(splitStatements("a;\n  b 'x;y';;c"), ['a', "\n  b 'x;y'", '\n           c'])
  t.deepEqual(splitText('select 1; -- done\n'), { complete: ['select 1'], rest: '' })
  t.deepEqual(splitText('select 1; /* done */ '), { complete: ['select 1'], rest: '' })
  t.not(splitText('select 1; /* goes on').rest, '')
})

test('a line that begins with a dot is a command, but not one within a statement, nor what stands behind one', (t) => {
  t.deepEqual(splitStatements('.mode csv\nselect 1'), ['.mode csv', '\nselect 1'])
  t.deepEqual(splitStatements('select\n.5'), ['select\n.5'])
  t.deepEqual(
    splitStatements('a; .b c\nd; e').map((part) => part.trim()),
    ['a', '.b c\nd', 'e'],
  )
})

test('a command ends with its line or with the text, and may stand behind spaces', (t) => {
  t.deepEqual(splitText('.quit'), { complete: [], rest: '.quit' })
  t.deepEqual(splitText('select 1;\n.mode csv'), { complete: ['select 1'], rest: '\n.mode csv' })
  t.deepEqual(splitStatements('  .mode csv \nselect 1'), ['  .mode csv', '\nselect 1'])
  t.deepEqual(splitStatements('select 1;\n  .mode csv\nselect 2'), ['select 1', '\n  .mode csv', '\n\nselect 2'])
  t.deepEqual(splitStatements('\nselect 1;\n\n select 2'), ['\nselect 1', '\n\n\n select 2'])
})

test('outside of scripts the words of blocks are words', (t) => {
  t.is(counted('select case; select 1; select x as begin; loop; repeat; if; end; end if; select 2'), 9)
  t.is(counted("select case when a then 'end' end; select 1"), 2)
})

const SCRIPTS: readonly (readonly [what: string, body: string])[] = [
  ['branches', 'if x = 1 then select 1; elseif x = 2 then select 2; else select 3; end if;'],
  ['CASE as a statement', 'case x when 1 then select 1; else select 2; end case;'],
  [
    'CASE as a value',
    'select case when x = 1 then 1 else 2 end; select case x when 1 then case when x = 1 then 2 end end;',
  ],
  [
    'loops',
    'while x < 3 do set x = x + 1; end while; l: loop leave l; end loop; repeat select 1; until true end repeat;',
  ],
  [
    'CASE as a condition, or within one',
    `if case when x = 1 then true else false end then select 1; else select 2; end if;
    while case x when 1 then true end do set x = 2; end while; case case x when 1 then 2 end when 2 then select 1; end case;`,
  ],
  ['blocks in one that is not atomic', 'begin not atomic if x = 1 then select 1; end if; select 2; end; select 3;'],
  ['FOR', 'for r as select 1 as one do select r.one; end for;'],
  [
    'handlers',
    "declare exit handler for sqlexception, not found begin select 1; end; declare exit handler for sqlstate value '22012' select 2; select 3;",
  ],
  ['compounds within one another', 'a: begin begin select 1; end; select 2; end a; begin not atomic select 3; end;'],
  [
    'blocks behind the words of others',
    `if x = 1 then begin select 1; end; else begin select 2; end; end if;
    case x when 1 then begin select 1; end; else begin select 2; end; end case; for r as select 1 as case do begin select 1; end; end for;
    if x = 1 then repeat select 1; until true end repeat; elseif x = 2 then begin select 1; end; end if;`,
  ],
  [
    'words as names',
    'select 1 as case; select 1 as begin; select t.end, t.case from t; select if(true, 1, 2), repeat("a", 3); select case;',
  ],
]

for (const [what, body] of SCRIPTS)
  test(`a script with ${what} is one statement up to its end`, (t) => {
    t.is(counted(`begin ${body} end; select 7; begin ${body} end; select 8`), 4)
    t.is(counted(`begin declare y int default 1; ${body.toUpperCase()} end`), 1)
    t.deepEqual(splitText(`begin ${body} select 9;`).complete, [], 'one that is not ended')
  })
