/**
 * A program to be killed or to run beside others: changes a catalog without a session. `history` goes through all kinds of changes, `count`
 * adds to a number that a table has as a property, `claim` makes tables of given names and prints those it made.
 */
import { INT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CatalogRelation, TableEntry } from '../../connectors/catalog.js'
import { Warehouse } from '../../connectors/warehouse/warehouse.js'
import { viewOf } from './catalog-entries.js'

const [folder, work] = process.argv.slice(2) as [string, string]
const warehouse = new Warehouse(folder)
const database = (name = 'default') => warehouse.database(name)!

function tableOf(name: string, databaseName = 'default'): TableEntry {
  const { id } = database(databaseName)
  const table: TableEntry = {
    kind: 'table',
    database: databaseName,
    databaseId: id,
    name,
    provider: 'parquet',
    columns: [{ name: 'a', type: INT, nullable: true }],
    options: {},
    properties: {},
    location: '',
    isExternal: false,
    createdMs: 0,
  }
  return warehouse.withFolder(table)
}

const relation = (name: string, databaseName = 'default'): CatalogRelation =>
  warehouse.relation(database(databaseName), name)!

function history(): void {
  warehouse.create(tableOf('t'))
  warehouse.create(viewOf('v'))
  warehouse.replace(relation('t'), { ...relation('t'), comment: 'changed' })
  warehouse.rename(relation('t'), 'u')
  warehouse.drop(relation('v'))
  warehouse.createDatabase({ name: 'd', properties: {} })
  warehouse.create(tableOf('x', 'd'))
  warehouse.dropDatabase(database('d'), true)
  warehouse.drop(relation('u'))
  warehouse.create(viewOf('t'))
}

function count(times: number): void {
  for (let done = 0; done < times; ) {
    const before = relation('t')
    const properties = { n: String(Number(before.properties['n'] ?? 0) + 1) }
    try {
      warehouse.replace(before, { ...before, properties })
      done++
    } catch (error) {
      if (!MillraceError.is(error) || error.condition !== 'CONCURRENT_CATALOG_CHANGE') throw error
    }
  }
}

function claim(names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    try {
      return warehouse.create({ ...viewOf(name), comment: String(process.pid) })
    } catch (error) {
      if (MillraceError.is(error) && error.condition === 'CONCURRENT_CATALOG_CHANGE') return false
      throw error
    }
  })
}

if (work === 'history') history()
else if (work === 'count') count(40)
else process.stdout.write(claim(Array.from({ length: 40 }, (_, i) => `t${i}`)).join(' '))
