import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import { readScript } from '../../sql/read-script.js'
import type { Command } from './command.js'

/** A file that reads itself would be read for ever. */
const MOST_DEPTH = 20

export const read: Command = {
  name: 'read',
  usage: 'FILE',
  help: 'run the statements of a file',
  takes: 'file',
  arguments: [1, 1],
  async run(shell, [path]) {
    if (shell.readingDepth === MOST_DEPTH)
      throw new MillraceError('INVALID_API_USE', { reason: `more than ${MOST_DEPTH} files read each other` })
    shell.readingDepth++
    try {
      await shell.run(await readScript(path!))
    } finally {
      shell.readingDepth--
    }
  },
}

export const output: Command = {
  name: 'output',
  usage: '[FILE]',
  help: 'send results to a file; without one, back to the terminal',
  takes: 'file',
  arguments: [0, 1],
  async run(shell, [path]) {
    await shell.output.sendTo(path)
  },
}

export const importFile: Command = {
  name: 'import',
  usage: 'FILE TABLE',
  help: 'append the rows of a file to a table, which is made when it is missing',
  takes: 'file',
  arguments: [2, 2],
  async run({ session, print }, [path, table]) {
    if (path!.includes("'")) throw new MillraceError('INVALID_API_USE', { reason: 'the path may have no quote in it' })
    const name = quotedPath(table!.split('.'))
    const rows = session.sql(`select * from '${path}'`)
    const count = await rows.count()
    if (await session.catalog.tableExists(table!)) await rows.write.insertInto(table!)
    else await rows.write.saveAsTable(table!)
    print(`${count} rows into ${name}\n`)
  },
}
