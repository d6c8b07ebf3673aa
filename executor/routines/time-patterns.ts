import { readingProgram, writingProgram, zonelessReadingProgram } from '../../planner/plan/time-pattern/program.js'
import type { HostRoutine } from './routine.js'

const MOST_KEPT = 1000

/** What was made of patterns, which seldom change from row to row. */
function kept(make: (pattern: string, timeZone: string) => Uint8Array): HostRoutine {
  const made = new Map<string, Uint8Array>()
  return ([pattern, timeZone]) => {
    const key = `${timeZone}\n${pattern}`
    const known = made.get(key)
    if (known) return known
    const program = make(pattern as string, timeZone as string)
    if (made.size >= MOST_KEPT) made.clear()
    made.set(key, program)
    return program
  }
}

export const reading: HostRoutine = kept(readingProgram)
export const zonelessReading: HostRoutine = kept(zonelessReadingProgram)
export const writing: HostRoutine = kept(writingProgram)
