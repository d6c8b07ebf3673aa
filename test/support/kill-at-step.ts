/*
 * Loaded before a program (`--import`): kills it with SIGKILL right before, or right after, the n-th time that it touches a file for writing
 * below a folder. KILL_AT is `main:n` or `worker:n`, for the main thread or any other, or with `+` behind for after; KILL_BELOW the folder.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const [thread, at] = (process.env['KILL_AT'] ?? '').split(':')
const below = process.env['KILL_BELOW'] ?? ''
const kill = (): boolean => process.kill(process.pid, 'SIGKILL')
const isAfter = at?.endsWith('+') ?? false
let left = (thread === 'main') === isMainThread && at ? Number.parseInt(at, 10) : Number.POSITIVE_INFINITY

const STEPS = ['open', 'link', 'rename', 'unlink', 'rm', 'mkdir', 'writeFile'] as const

for (const name of STEPS) {
  const original = fs[name] as (...args: unknown[]) => Promise<unknown>
  const counted = async (...args: unknown[]): Promise<unknown> => {
    if (!String(args[0]).startsWith(below) || --left > 0) return original(...args)
    if (isAfter) await original(...args)
    return kill()
  }
  Object.assign(fs, { [name]: counted })
}
syncBuiltinESMExports()
