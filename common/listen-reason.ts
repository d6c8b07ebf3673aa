/** Why a process cannot listen, with what helps; where another port cannot be named as an argument, `cure` says what to set. */
export function listenReason(error: unknown, cure = 'name another one'): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `another program has this port; ${cure}`
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address'
  return message
}
