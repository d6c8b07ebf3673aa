import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { makeLog } from '../../examples/log-threats/requests.js'
import { startProgram } from '../support/cli.js'

const MAIN = fileURLToPath(new URL('../../examples/log-threats/main.js', import.meta.url))

/** A path that is no text once it is decoded. */
const ODD = '10.0.0.1 - - [15/Jan/2026:00:00:00 +0000] "GET /%ff%zz HTTP/1.1" 400 1 "-" "-"'

test('the log tells those who were planted in it, and nobody else; lines of another form do not matter', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-log-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const { lines, planted } = makeLog(20_000, 3)
  const file = join(directory, 'access.log')
  await writeFile(file, ['no request', '', ODD, ...lines].join('\n'))
  const { output, closed } = startProgram(MAIN, [file])
  t.deepEqual(await closed, [0, null], output.err)
  t.true(output.text.startsWith(`${lines.length + 1} requests\n`), output.text)
  const found = [...output.text.matchAll(/^\|(\w[\w ]*?) *\|(203\.\S+?) *\|/gm)].map(([, threat, address]) => [
    threat,
    address,
  ])
  t.deepEqual(found, [
    ...planted.guessing.map((address) => ['guessing passwords', address]),
    ...planted.scanning.map((address) => ['looking for holes', address]),
    ...planted.injecting.map((address) => ['sending SQL', address]),
  ])
  t.is(output.text.match(/^\|\w/gm)!.length, found.length + 1)
})
