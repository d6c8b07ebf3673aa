import { keyOf } from './collation-key.js'
import type { HostRoutine } from './routine.js'

/** The key of a text. What does not count for it is said by a second one: `_CI`, `_AI`. */
export const sortKey: HostRoutine = ([text, ignored]) =>
  keyOf(text as string, {
    ignoresCase: (ignored as string).includes('_CI'),
    ignoresAccents: (ignored as string).includes('_AI'),
  })
