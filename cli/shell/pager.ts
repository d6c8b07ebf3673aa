import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Shows what fits at once, does not break lines, and leaves on the screen what it showed. */
const USUAL_PAGER = 'less -SFX'

/** Gives what is written to the user's pager, and waits until it is left. */
export async function throughPager(write: (stream: Writable) => Promise<void>): Promise<void> {
  const pager = spawn(process.env['PAGER'] || USUAL_PAGER, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] })
  // It may be left before it has read all.
  pager.stdin.on('error', () => undefined)
  const closed = once(pager, 'close')
  try {
    await write(pager.stdin)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  } finally {
    pager.stdin.end()
    await closed
  }
}
