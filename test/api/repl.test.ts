import { spawn } from 'node:child_process'
import test from 'ava'

const API = new URL('../../api/index.js', import.meta.url).href
const PROMPT = '> '

/** What Node's prompt prints for each line, which it gets when it has done with the one before. */
async function repl(lines: readonly string[]): Promise<readonly string[]> {
  const node = spawn(process.execPath, ['-i'], { env: { ...process.env, NO_COLOR: '1', NODE_NO_READLINE: '1' } })
  const answers: string[] = []
  let text = ''
  for await (const part of node.stdout) {
    text += String(part)
    if (!text.endsWith(PROMPT)) continue
    answers.push(text.slice(0, -PROMPT.length))
    text = ''
    const next = lines[answers.length - 1]
    if (next === undefined) node.stdin.end()
    else node.stdin.write(`${next}\n`)
  }
  return answers.slice(1)
}

test('in the prompt of Node, await df.show() prints a table, and functions of the program typed there run', async (t) => {
  const [, , shown, , computed, html, , refused] = await repl([
    `const { Session, udf } = await import('${API}')`,
    "const session = await Session.builder().master('local[1]').getOrCreate()",
    'await session.range(2).show()',
    "const next = udf((x) => Number(x) + 1, 'int')",
    "await session.range(1).select(next('id').as('y')).show()",
    'await session.range(1).toHTML()',
    'const factor = 2',
    "udf((x) => Number(x) * factor, 'int')",
    'await session.stop()',
  ])
  t.regex(shown!, /\+---\+\n\| id\|\n\+---\+\n\| {2}0\|\n\| {2}1\|\n\+---\+/)
  t.regex(computed!, /\| {2}y\|\n\+---\+\n\| {2}1\|/)
  t.regex(html!, /<table border='1'>/)
  t.regex(refused!, /UDF_FREE_VARIABLES.*`factor`/)
})
