import { keyOf, levelsOf } from './collation-key.js'
import type { HostRoutine } from './routine.js'

/** The key of a text by levels, as `levelsOf` reads them. */
export const sortKey: HostRoutine = ([text, levels]) => keyOf(text as string, levelsOf(levels as string))
