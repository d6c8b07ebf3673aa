import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const SCRIPT = fileURLToPath(new URL('../support/closing-process.js', import.meta.url))

for (const mode of ['local', 'local-unclosed', 'cluster']) {
  test(`nothing keeps a process alive when its work is done: ${mode}`, async (t) => {
    const child = spawn(process.execPath, [SCRIPT, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (bytes) => {
      text += bytes
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    t.is(text, '249500,250000\nclosed\n')
    t.is(code, 0)
  })
}
