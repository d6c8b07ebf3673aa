import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { LinearMemory } from '../../../../executor/memory/linear-memory.js'
import { memoryOf } from '../../memory.js'
import { Random } from '../../random.js'
import type { Decoder } from './decoders.js'
import { MemoryFile } from './memory-file.js'
import { mutated } from './mutation.js'

/** What a task may hold, which is much more than inputs of some kilobytes need. */
const MEMORY_BYTES = 128 * 1024 ** 2
/** What kernels keep for the next batch. */
const KEPT_BYTES = 1024 ** 2

/** How bytes are refused that are not what a file says, unless a decoder has conditions of its own. */
const CONDITIONS: readonly string[] = ['FAILED_READ_FILE', 'UNSUPPORTED_FEATURE', 'UNABLE_TO_ACQUIRE_MEMORY']

const FOUND = 'found'

/** An input that did something else than to be read or refused. */
export interface DecoderFinding {
  readonly decoder: string
  readonly seed: number
  readonly number: number
  readonly why: string
}

export type DecoderCounts = Record<string, number>

/** The input that a seed and a number stand for. */
export const inputOf = (samples: readonly Uint8Array[], seed: number, number: number): Buffer =>
  mutated(new Random(seed * 100_003 + number), samples)

/** Gives a decoder inputs of a seed until `goesOn` says no, and counts what became of them. */
export async function fuzzDecoder(
  decoder: Decoder,
  seed: number,
  goesOn: (number: number) => boolean,
  tell: (finding: DecoderFinding) => void,
): Promise<DecoderCounts> {
  const samples = await decoder.samples()
  const file = new MemoryFile(decoder.extension)
  const counts: DecoderCounts = {}
  let memory = freshMemory()
  let held = memory.bytesInUse
  for (let number = 0; goesOn(number); number++) {
    file.bytes = inputOf(samples, seed, number)
    const outcome = await outcomeOf(decoder, file, memory)
    counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1
    const isLost = outcome.kind === FOUND || outcome.kind === 'UNABLE_TO_ACQUIRE_MEMORY'
    const leaked = isLost ? 0 : memory.bytesInUse - held
    const why = leaked > KEPT_BYTES ? `${leaked} bytes are still held, perhaps of inputs before` : outcome.why
    if (why !== undefined) tell({ decoder: decoder.name, seed, number, why })
    // A kernel that was left within a call may hold what it had.
    if (isLost || why !== undefined) {
      memory = freshMemory()
      held = memory.bytesInUse
    }
  }
  return counts
}

function freshMemory(): LinearMemory {
  const memory = new LinearMemory()
  memory.use(memoryOf(MEMORY_BYTES))
  return memory
}

interface Outcome {
  readonly kind: string
  /** Of a finding. */
  readonly why?: string
}

async function outcomeOf(decoder: Decoder, file: MemoryFile, memory: LinearMemory): Promise<Outcome> {
  try {
    await decoder.read(file, memory)
    return { kind: 'read' }
  } catch (error) {
    const conditions = decoder.conditions ?? CONDITIONS
    if (MillraceError.is(error) && conditions.includes(error.condition)) return { kind: error.condition }
    return { kind: FOUND, why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
