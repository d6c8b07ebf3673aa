/** A program to be killed: makes a table of a query, or adds rows to one, in a warehouse. */
import { api } from './bundled-api.js'

const [folder, statement] = process.argv.slice(2) as [string, string]
const session = await api.Session.builder().master('local[1]').config('warehouse.dir', folder).create()
await session.runStatement(statement)
await session.stop()
