import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { CLI, startCommand } from '../support/cli.js'
import { folderOf, SECRET } from '../support/standalone.js'

const SCRIPT = fileURLToPath(new URL('../../../test/support/three-hosts.sh', import.meta.url))
const ALONE = ['--net', '--mount', '--pid', '--fork', '--mount-proc']
const canSeparate =
  spawnSync('unshare', [...ALONE, 'true']).status === 0 &&
  spawnSync('ip', ['-Version'], { stdio: 'ignore' }).status === 0

const withHosts = canSeparate ? test : test.skip

withHosts(
  'a program, a worker and their master on three machines find each other by addresses of their own',
  async (t) => {
    t.timeout(120_000)
    const query = 'select sum(id) as s from range(1000000)'
    const command = `cd "${folderOf(t)}" && exec timeout 100 unshare ${ALONE.join(' ')} bash "${SCRIPT}" "${CLI}" "${query}"`
    const { output, closed } = startCommand('bash', ['-c', command], { MILLRACE_SECRET: SECRET })
    t.deepEqual(await closed, [0, null], output.err)
    t.regex(output.text, /"host": "10\.77\.0\.2"/)
    t.true(output.text.endsWith('\ns\n499999500000\n'), output.text)
  },
)
