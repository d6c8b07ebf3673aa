/*
 * Loaded before a program (`--import`): kills it with SIGKILL, or stops it with SIGSTOP, right before, or right after, the n-th time that it
 * touches a file for writing below a folder. KILL_AT is `main:n` or `worker:n`, for the main thread or any other, or with `+` behind for after;
 * KILL_BELOW the folder. With KILL_ASKING, a number of the Kafka protocol, what counts is each request of that kind that the thread sends. With STOP_ONCE, a file that is not there yet, it is stopped instead, after it printed `stopped`; once, whichever
 * thread comes first, so that a SIGCONT lets it go on. With COPY_TO, a folder, and no KILL_AT, the folder is copied to one of the step's number there
 * before each step of the main thread: what a kill there would leave, of all steps in one run.
 * With KILL_PARTS what counts are the parts that are written to such files, and `before` is when half of the part is written.
 */
import now, { cpSync, openSync, writeSync } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const [thread, at] = (process.env['KILL_AT'] ?? '').split(':')
const below = process.env['KILL_BELOW'] ?? ''
const stopOnce = process.env['STOP_ONCE']
const isAfter = at?.endsWith('+') ?? false
let left = (thread === 'main') === isMainThread && at ? Number.parseInt(at, 10) : Number.POSITIVE_INFINITY

const asking = process.env['KILL_ASKING']
const copyTo = isMainThread ? process.env['COPY_TO'] : undefined
let copied = 0

const STEPS = ['open', 'link', 'rename', 'unlink', 'rm', 'mkdir', 'writeFile'] as const

function strike(): void {
  if (stopOnce === undefined) return void process.kill(process.pid, 'SIGKILL')
  try {
    openSync(stopOnce, 'wx')
  } catch {
    return
  }
  writeSync(1, 'stopped\n')
  process.kill(process.pid, 'SIGSTOP')
}

/** Counts a step. @returns whether to strike at it */
function isStruck(): boolean {
  if (copyTo !== undefined) cpSync(below, join(copyTo, String(++copied)), { recursive: true })
  return --left === 0
}

const STEPS_NOW = ['openSync', 'linkSync', 'renameSync', 'unlinkSync', 'rmSync', 'mkdirSync'] as const

/** Whether a step is one below the folder; what is linked or moved there counts, wherever it comes from. */
function isBelow(name: string, args: readonly unknown[]): boolean {
  const isMoved = name.startsWith('link') || name.startsWith('rename')
  return args.slice(0, isMoved ? 2 : 1).some((path) => String(path).startsWith(below))
}

function strikeAtFiles(): void {
  for (const name of STEPS_NOW) {
    const original = now[name] as (...args: unknown[]) => unknown
    const counted = (...args: unknown[]): unknown => {
      // What is only read changes nothing.
      const isReading = name === 'openSync' && (args[1] ?? 'r') === 'r'
      if (isReading || !isBelow(name, args) || !isStruck()) return original(...args)
      if (!isAfter) strike()
      try {
        return original(...args)
      } finally {
        if (isAfter) strike()
      }
    }
    Object.assign(now, { [name]: counted })
  }

  for (const name of STEPS) {
    const original = fs[name] as (...args: unknown[]) => Promise<unknown>
    const counted = async (...args: unknown[]): Promise<unknown> => {
      if (!isBelow(name, args) || !isStruck()) return original(...args)
      if (!isAfter) strike()
      try {
        return await original(...args)
      } finally {
        // Also after one that failed, such as the removal of what is not there.
        if (isAfter) strike()
      }
    }
    Object.assign(fs, { [name]: counted })
  }
}

/** A file is written in parts, between which it can be left. */
function strikeAtParts(): void {
  const { open } = fs
  const counted = async (...args: Parameters<typeof open>): Promise<FileHandle> => {
    const file = await open(...args)
    if ((args[1] ?? 'r') === 'r' || !isBelow('open', args)) return file
    const write = file.writeFile.bind(file)
    const part = async (bytes: Uint8Array): Promise<void> => {
      const isHit = --left === 0
      if (isHit && !isAfter) {
        await write(bytes.subarray(0, bytes.length >> 1))
        strike()
      }
      await write(bytes)
      if (isHit) strike()
    }
    return Object.assign(file, { writeFile: part })
  }
  Object.assign(fs, { open: counted })
}

/** Where a request has its number: behind its length. */
const API_KEY = 4

function strikeAtRequests(number: number): void {
  const send = Socket.prototype.write as (...args: unknown[]) => boolean
  const counted = function (this: Socket, ...args: unknown[]): boolean {
    const [bytes] = args
    const isAsking = Buffer.isBuffer(bytes) && bytes.length > API_KEY + 2 && bytes.readInt16BE(API_KEY) === number
    if (!isAsking || --left !== 0) return send.apply(this, args)
    if (!isAfter) strike()
    // It is under way when the process ends; whether it arrives is left to chance.
    const isSent = send.apply(this, args)
    if (isAfter) setImmediate(strike)
    return isSent
  }
  Object.assign(Socket.prototype, { write: counted })
}

if (process.env['KILL_PARTS']) strikeAtParts()
else if (asking === undefined) strikeAtFiles()
else strikeAtRequests(Number(asking))
syncBuiltinESMExports()
