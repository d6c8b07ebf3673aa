import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { printed, startCommand } from '../support/cli.js'
import { isAlive, until } from '../support/fake-cluster.js'
import { folderOf } from '../support/standalone.js'

const OWNED_PROCESS = new URL('../../common/owned-process.js', import.meta.url).href
const DRIVER_PROCESS = new URL('../../bundle/cli/driver-process.js', import.meta.url).href

/** Owns the process of a driver, as a worker does. */
const ownerOf = (order: object): string => `import { OwnedProcess } from ${JSON.stringify(OWNED_PROCESS)}
new OwnedProcess({
  module: ${JSON.stringify(DRIVER_PROCESS)},
  firstLine: ${JSON.stringify(JSON.stringify(order))},
  tellsLastWords: true,
  output: process,
  onEnded: (reason) => { console.log(reason); process.exit() },
})
setInterval(() => undefined, 1_000)
`

for (const [what, program] of [
  ['does not return', 'console.log(process.pid)\nfor (;;);\n'],
  [
    'does not end',
    'console.log(process.pid)\nprocess.on("SIGTERM", () => undefined)\nsetInterval(() => undefined, 1_000)\n',
  ],
] as const) {
  test(`a driver whose program ${what} ends with its worker, also when that is killed`, async (t) => {
    t.timeout(120_000)
    const folder = folderOf(t)
    writeFileSync(join(folder, 'program.mjs'), program)
    const submission = { master: 'local[1]', settings: {} }
    const order = { program: join(folder, 'program.mjs'), args: [], folder, graceMs: 100, submission }
    const owner = startCommand(process.execPath, ['--input-type=module', '-e', ownerOf(order)])
    t.teardown(() => owner.child.kill('SIGKILL'))
    await printed(owner, '\n')
    const pid = Number(owner.output.text)
    t.true(isAlive(pid))
    t.teardown(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
    owner.child.kill('SIGKILL')
    await until(() => !isAlive(pid))
  })
}

test('a driver whose program ends does not live on for its watch', async (t) => {
  t.timeout(120_000)
  const folder = folderOf(t)
  writeFileSync(join(folder, 'program.mjs'), 'console.log(1)\n')
  const order = {
    program: join(folder, 'program.mjs'),
    args: [],
    folder,
    graceMs: 100,
    submission: { master: 'local[1]', settings: {} },
  }
  const owner = startCommand(process.execPath, ['--input-type=module', '-e', ownerOf(order)])
  await owner.closed
  t.is(owner.output.text, '1\nexit status 0\n', owner.output.err)
})
