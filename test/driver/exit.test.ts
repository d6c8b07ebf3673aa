import { fileURLToPath } from 'node:url'
import test from 'ava'
import { childrenOf } from '../../examples/support/processes.js'
import { printed, startProgram } from '../support/cli.js'
import { isAlive, until } from '../support/fake-cluster.js'

const PROGRAM = fileURLToPath(new URL('../support/unstopped-program.js', import.meta.url))

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`a program whose work is done ends without session.stop() in ${master}, and so do its executors`, async (t) => {
    t.timeout(120_000)
    const program = startProgram(PROGRAM, [master])
    await printed(program, '\n')
    const executors = childrenOf(program.child.pid!)
    t.deepEqual(await program.closed, [0, null])
    t.is(program.output.text, '499999500000\n')
    await until(() => !executors.some(isAlive))
  })
}
