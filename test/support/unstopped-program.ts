import { Session } from '../../api/index.js'

// A program that does not stop its session.
const session = await Session.builder().master(process.argv[2]!).create()
const rows = await session.range(1_000_000).selectExpr('sum(id) s').collect()
process.stdout.write(`${rows[0]!['s']}\n`)
