import test from 'ava'
import { changeTable, withPartitions } from '../../api/catalog/changed-table.js'
import type { TableEntry } from '../../connectors/catalog.js'
import { Warehouse } from '../../connectors/warehouse/warehouse.js'
import { withWarehouse } from '../support/warehouses.js'

function tableIn(stored: Warehouse): TableEntry {
  const table = stored.withFolder({
    kind: 'table',
    database: 'default',
    databaseId: 'default',
    name: 't',
    provider: 'parquet',
    columns: [],
    options: {},
    properties: {},
    location: '',
    isExternal: false,
    createdMs: 0,
    partitionedBy: ['a'],
  })
  stored.create(table)
  return table
}

test('partitions that two sessions add at the same moment are both there, and a table that was renamed or dropped is found or not', (t) =>
  withWarehouse(async (folder) => {
    const [one, other] = [new Warehouse(folder), new Warehouse(folder)]
    const table = tableIn(one)
    const current = (): TableEntry => one.relations(one.database('default')!)[0] as TableEntry
    let interruptions = 2
    const isThere = changeTable(
      table,
      (entry) => {
        if (interruptions-- > 0) changeTable(table, (mine) => withPartitions(mine, [`a=${interruptions}`]), other)
        return withPartitions(entry, ['a=9'])
      },
      one,
    )
    t.true(isThere)
    t.deepEqual(
      current().partitions?.map((partition) => partition.folder),
      ['a=0', 'a=1', 'a=9'],
    )
    one.rename(current(), 'u')
    t.true(changeTable(table, (entry) => withPartitions(entry, ['a=5']), other))
    t.is(current().partitions?.length, 4)
    one.drop(current())
    t.false(changeTable(table, (entry) => withPartitions(entry, ['a=6']), other))
  }))

test('a table of a database that was made again is another one, and one that others change all the time is given up', (t) =>
  withWarehouse(async (folder) => {
    const stored = new Warehouse(folder)
    const table = tableIn(stored)
    t.false(changeTable({ ...table, databaseId: 'the one before' }, (entry) => withPartitions(entry, ['a=1']), stored))
    let tries = 0
    const error = t.throws(() =>
      changeTable(
        table,
        (entry) => {
          // Twice as often as it is tried: without a bound that would come to an end, too.
          if (tries++ < 100) changeTable(table, (mine) => withPartitions(mine, [`b=${tries}`]), new Warehouse(folder))
          return withPartitions(entry, ['a=9'])
        },
        stored,
      ),
    )
    t.like(error, { condition: 'CONCURRENT_CATALOG_CHANGE' })
    t.is(tries, 50)
  }))
