import type { ViewEntry } from '../../connectors/catalog.js'

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
