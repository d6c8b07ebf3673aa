/** A program to be killed: makes a table of a query, or adds rows to one, in a warehouse. */
import { Session } from '../../api/index.js'

const [folder, statement] = process.argv.slice(2) as [string, string]
const session = await Session.builder().master('local[1]').config('warehouse.dir', folder).create()
await session.runStatement(statement)
await session.stop()
