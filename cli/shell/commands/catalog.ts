import { schemaTree } from '../../../api/show/show.js'
import type { Command } from './command.js'

export const tables: Command = {
  name: 'tables',
  usage: '[PATTERN]',
  help: 'list tables and views; * in the pattern is anything',
  arguments: [0, 1],
  async run({ session, print }, [pattern]) {
    const found = await session.catalog.listTables(undefined, pattern)
    print(found.length === 0 ? 'There are no tables.\n' : `${found.map(({ name }) => name).join('\n')}\n`)
  },
}

export const schema: Command = {
  name: 'schema',
  usage: "[TABLE | 'FILE']",
  help: 'show the columns of a table, view or file, or of all tables',
  takes: 'table',
  arguments: 'rest',
  async run({ session, print }, [written = '']) {
    const relations =
      written === ''
        ? (await session.catalog.listTables()).map(({ name }) => `\`${name.replaceAll('`', '``')}\``)
        : [written]
    for (const relation of relations) {
      const found = await session.sql(`select * from ${relation.replace(/;\s*$/, '')}`).schema()
      print(`${relation}\n${schemaTree(found).replace(/^root\n/, '')}`)
    }
  },
}

export const explain: Command = {
  name: 'explain',
  usage: 'QUERY',
  help: 'show the plan of a query',
  arguments: 'rest',
  async run(shell, [query = '']) {
    await shell.run([`explain formatted ${query.replace(/;\s*$/, '')}`])
  },
}
