// Waits of the build end: a program of it that hangs fails the build by its name, which would stand still otherwise.
import { execFileSync } from 'node:child_process'

/** A busy machine takes a minute. */
export const PROGRAM_MS = 10 * 60_000
/** A part of a program, so that it says itself where it stands still. */
export const PART_MS = 4 * 60_000

/** Runs a program of Node in a folder to its end. */
export function runBounded(args, cwd, mostMs = PROGRAM_MS) {
  try {
    execFileSync(process.execPath, args, { cwd, stdio: 'inherit', timeout: mostMs, killSignal: 'SIGKILL' })
  } catch (error) {
    if (error.code !== 'ETIMEDOUT') throw error
    throw new Error(`node ${args.join(' ')} had not ended after ${mostMs / 1000} s, and was ended`)
  }
}

/** Waits for a promise, and says for what when that takes too long. */
export async function within(promise, what, mostMs = PART_MS) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${mostMs / 1000} s`)), mostMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
