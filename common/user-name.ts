import { userInfo } from 'node:os'

let known: string | undefined

/** Who runs this process; users of containers may have no name. */
export function userName(): string {
  known ??= askedName()
  return known
}

function askedName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
