import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const HERE = dirname(fileURLToPath(import.meta.url))
const README = fileURLToPath(new URL('../../README.md', import.meta.url))

test('the program in the README runs as printed and prints what is printed below it', async (t) => {
  const [, program, , output] = /```js\n(.*?)```(.*?)```\n(.*?)```/s.exec(await readFile(README, 'utf8'))!
  // Within the package, so that it finds itself by its name.
  const directory = await mkdtemp(join(HERE, 'readme-'))
  try {
    await writeFile(join(directory, 'program.mjs'), program!)
    const child = spawn(process.execPath, ['program.mjs'], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] })
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    t.deepEqual(await once(child, 'close'), [0, null])
    t.is(printed, output ?? '')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
