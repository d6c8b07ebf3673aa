import test from 'ava'
import { StateRun } from '../../executor/spill/state-run.js'

type Parameters = ConstructorParameters<typeof StateRun>

/** Memory that tells what is held of it. */
class PlainMemory {
  readonly bytes = new Uint8Array(1 << 16)
  readonly view = new DataView(this.bytes.buffer)
  readonly held = new Set<number>()
  #next = 8

  allocate(bytes: number): number {
    const address = this.#next
    this.#next += Math.ceil(bytes / 8) * 8
    this.held.add(address)
    return address
  }

  release(address: number): void {
    this.held.delete(address)
  }
}

test('a run that several use is closed with the last of them, its memory and its file', (t) => {
  const memory = new PlainMemory()
  let closed = 0
  const file = { close: () => void closed++ }
  const run = new StateRun(
    memory as unknown as Parameters[0],
    file as unknown as Parameters[1],
    {} as Parameters[2],
    100,
  )
  run.retain()
  run.close()
  t.is(closed, 0)
  t.true(memory.held.size > 0)
  run.close()
  t.is(closed, 1)
  t.is(memory.held.size, 0)
})
