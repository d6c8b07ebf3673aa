import { MillraceError } from '../common/errors/millrace-error.js'
import { isOwnFrame } from '../common/own-files.js'

type Entry = (...args: never[]) => unknown

/** The frames of a stack that are neither ours nor Node's. */
function userFrames(stack: string): readonly string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.filter((frame) => !frame.includes('node:internal') && !isOwnFrame(frame))
}

/** Makes the stack of one of our errors that of a place, unless it tells of another call already. */
function placed(error: unknown, place: { readonly stack?: string }): unknown {
  if (!MillraceError.is(error) || error.engineStack !== undefined) return error
  const frames = userFrames(place.stack ?? '')
  if (frames.length > 0) error.tellCaller(frames)
  return error
}

/**
 * Runs an action of the API; one of our errors then shows where the user called it, in place of our own frames. The stack is captured now,
 * which takes some microseconds, and becomes text only when there is an error.
 * @param entry the method the user called
 */
export async function tellingCaller<T>(entry: Entry, run: () => Promise<T>): Promise<T> {
  const place: { stack?: string } = {}
  Error.captureStackTrace(place, entry)
  try {
    return await run()
  } catch (error) {
    throw placed(error, place)
  }
}

/** The same for rows that come one by one. */
export function tellingCallerOfEach<T>(entry: Entry, run: () => AsyncIterable<T>): AsyncGenerator<T> {
  const place: { stack?: string } = {}
  Error.captureStackTrace(place, entry)
  return (async function* () {
    try {
      yield* run()
    } catch (error) {
      throw placed(error, place)
    }
  })()
}

/** The same for what is done at once, as parsing. */
export function tellingCallerNow<T>(entry: Entry, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw tellingCallerAt(entry, error)
  }
}

/** An error that a method of the API is about to throw. */
export function tellingCallerAt(entry: Entry, error: unknown): unknown {
  const place: { stack?: string } = {}
  Error.captureStackTrace(place, entry)
  return placed(error, place)
}
