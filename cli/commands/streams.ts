import { resolve } from 'node:path'
import type { Command } from 'commander'
import { askCheck } from '../../api/stream/asked-check.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { runJob } from './run.js'

const AFTER_HELP = `
The program is run as by millrace run, but the streams that it would start are not started: what would become of the state in the checkpoint is printed, a line for each part of
the query. Whatever else the program does, it does. The exit status is 0 when the query may go on from the checkpoint, 1 when state would be lost.

  millrace streams check checkpoints/scores scores.js
`

/** `millrace streams check CHECKPOINT PROGRAM`: what a changed query keeps, migrates or loses, before it starts. */
export function withStreams(streams: Command): void {
  streams.description('streaming queries: check what a changed one keeps of its state')
  streams
    .command('check')
    .description('tell what a query keeps, migrates or loses of the state in a checkpoint, before it starts')
    .argument('<checkpoint>')
    .argument('<program>')
    .argument('[args...]')
    .passThroughOptions()
    .addHelpText('after', AFTER_HELP)
    .action(check)
}

async function check(checkpoint: string, program: string, args: readonly string[]): Promise<void> {
  const location = resolve(checkpoint)
  let isFound = false
  askCheck({
    tell: (own, parts) => {
      if (own === undefined || resolve(own) !== location) return
      isFound = true
      for (const { part, fate, differences } of parts)
        process.stdout.write(`${part}\t${fate}\t${differences.join('; ')}\n`)
      if (parts.some(({ fate }) => fate === 'lost')) process.exitCode = 1
    },
  })
  // The program may go on after it was loaded.
  process.once('beforeExit', () => {
    if (isFound || process.exitCode) return
    const error = new MillraceError('INVALID_API_USE', {
      reason: `the program starts no stream with the checkpoint ${location}`,
    })
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
  await runJob(program, args)
}
