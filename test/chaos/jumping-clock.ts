/* Loaded before a program (`--import`): its clock is as many milliseconds ahead as the file CHAOS_CLOCK says, or behind. */
import { readFileSync, watchFile } from 'node:fs'

const path = process.env['CHAOS_CLOCK'] ?? ''
let aheadMs = 0

const look = (): void => {
  try {
    aheadMs = Number(readFileSync(path, 'utf8'))
  } catch {
    aheadMs = 0
  }
}
look()
watchFile(path, { interval: 100, persistent: false }, look).unref()

const RealDate = Date
const now = (): number => RealDate.now() + aheadMs

class JumpingDate extends RealDate {
  static override now = now

  constructor(...given: unknown[]) {
    if (given.length === 0) super(now())
    else super(...(given as [number]))
  }
}
Object.assign(globalThis, { Date: JumpingDate })
