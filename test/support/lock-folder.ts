import { lockFolder } from '../../common/folder-lock.js'

// Locks a folder and keeps it until it is killed.
await lockFolder(process.argv[2]!)
process.stdout.write('locked\n')
setInterval(() => undefined, 60_000)
