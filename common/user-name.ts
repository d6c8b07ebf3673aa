import { userInfo } from 'node:os'

/** Who runs this process; users of containers may have no name. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
