import {
  FORMAT_BYTES,
  FORMAT_CLOCK,
  FORMAT_DATE,
  FORMAT_NTZ,
  FORMAT_TIMESTAMP,
  FORMAT_ZONE,
} from '../../../executor/kernels/interface/time-formats.js'
import type { TextOptions } from '../expression/text-options.js'
import { clockReadingProgram } from '../time-pattern/clock.js'
import { readingProgramOrNone, writingProgram } from '../time-pattern/program.js'

/** As JSON and CSV tell timestamps where they are not told otherwise. */
const TIMESTAMP = "yyyy-MM-dd'T'HH:mm:ss.SSS"
const OFFSET = 'X'.repeat(3)

/** Describes to kernels how texts tell dates and times. @throws the conditions of patterns */
export function encodeTimeFormats(options: TextOptions, purpose: 'reading' | 'writing'): Uint8Array {
  const zone = options['timeZone'] ?? 'UTC'
  const isWritten = purpose === 'writing'
  const program = (option: string, usual?: string): Uint8Array | undefined => {
    const pattern = options[option] ?? (isWritten ? usual : undefined)
    if (pattern === undefined) return undefined
    return isWritten ? writingProgram(pattern, zone) : readingProgramOrNone(pattern)
  }
  const head = Buffer.alloc(FORMAT_BYTES)
  const chunks: Uint8Array[] = [head]
  let end = FORMAT_BYTES
  const add = (bytes: Uint8Array | undefined, at: number): void => {
    if (bytes === undefined) return
    head.writeUInt32LE(end, at)
    head.writeUInt32LE(bytes.length, at + 4)
    chunks.push(bytes)
    end += bytes.length
  }
  add(program('dateFormat'), FORMAT_DATE)
  add(program('timestampFormat', TIMESTAMP + OFFSET), FORMAT_TIMESTAMP)
  add(program('timestampNTZFormat', TIMESTAMP), FORMAT_NTZ)
  const { timeFormat } = options
  add(isWritten || timeFormat === undefined ? undefined : clockReadingProgram(timeFormat), FORMAT_CLOCK)
  add(zone === 'UTC' ? undefined : Buffer.from(zone), FORMAT_ZONE)
  return Buffer.concat(chunks)
}
