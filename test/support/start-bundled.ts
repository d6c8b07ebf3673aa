import { startFrom } from '../../common/own-files.js'

// Threads and executors of sessions in this process run from the bundle.
startFrom(new URL('../../bundle/', import.meta.url).href)
