import { readFileSync } from 'node:fs'
import test from 'ava'
import { checkPlatform, LEAST_NODE } from '../../common/platform.js'
import { CLI, startCommand } from '../support/cli.js'

const PACKAGE = new URL('../../../package.json', import.meta.url)

test('a version of Node that is too old is told with the oldest that does, which package.json says as well', (t) => {
  for (const version of ['18.20.4', '20.18.9', '9.99.0'])
    t.throws(() => checkPlatform(version), {
      message: new RegExp(`UNSUPPORTED_PLATFORM.*Node ${version}.*${LEAST_NODE}`),
    })
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '100.1.0']) t.notThrows(() => checkPlatform(version))
  const { engines } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { readonly engines: { readonly node: string } }
  t.is(engines.node, `>=${LEAST_NODE}`)
})

test('a machine without vectors is told so by one line, before a query is tried', async (t) => {
  t.throws(() => checkPlatform('20.19.0', () => false), { message: /UNSUPPORTED_PLATFORM.*SIMD/ })
  if (process.arch !== 'x64') return
  const { output, closed } = startCommand(process.execPath, ['--no-enable-sse4-1', CLI, '-c', 'select 1'])
  t.deepEqual(await closed, [1, null])
  t.regex(output.err, /^\[UNSUPPORTED_PLATFORM\].*SIMD.*\n$/)
})
