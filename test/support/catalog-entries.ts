import { INT } from '../../columnar/types.js'
import type { FunctionEntry, ViewEntry } from '../../connectors/catalog.js'

/** A view of the default database. */
export const viewOf = (name: string): ViewEntry => ({
  kind: 'view',
  database: 'default',
  databaseId: 'default',
  name,
  columns: [],
  properties: {},
  createdMs: 0,
  text: 'select 1',
  currentDatabase: 'default',
  queryColumns: [],
  hasOwnNames: false,
  schemaMode: 'COMPENSATION',
})

/** A function of a database. */
export const functionOf = (database: Pick<FunctionEntry, 'database' | 'databaseId'>, body: string): FunctionEntry => ({
  ...database,
  name: 'f',
  parameters: [],
  returns: INT,
  body,
  currentDatabase: 'default',
  readsData: false,
  settings: {},
  createdMs: 0,
})
