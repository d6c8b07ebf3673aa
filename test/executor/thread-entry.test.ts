import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'

const BUNDLE = new URL('../../bundle/', import.meta.url)

const PROGRAM = `
import { Session } from '${new URL('api/index.js', BUNDLE).href}'
const session = await Session.builder().master('local[1]').getOrCreate()
console.log((await session.sql('select sum(id) as n from range(10)').collect())[0].n)
await session.stop()
`

test('no thread requires an ES module, as Node ends the process when the thread is ended meanwhile', async (t) => {
  const flags = ['--trace-require-module=all', '--input-type=module', '-e', PROGRAM]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { cwd: fileURLToPath(BUNDLE) })
  t.is(stdout, '45n\n')
  t.notRegex(stderr, /require/)
})
