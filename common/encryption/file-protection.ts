import { createHash, randomBytes } from 'node:crypto'

/** As long as AES takes them. */
export type KeyBits = 128 | 192 | 256

/** How files are encrypted that an application makes for itself, as its driver tells all executors. */
export interface FileProtection {
  /** The length of the keys of local files. Each file has its own, which never leaves the process that made it; without a length these files are plain. */
  readonly keyBits: KeyBits | undefined
  /** The keys of state in checkpoints. A file tells the id of the one that it needs. */
  readonly stateKeys: readonly StateKey[]
}

export interface StateKey {
  /** Tells keys apart, and nothing of what they are. */
  readonly id: string
  readonly bytes: Uint8Array
}

export const STATE_KEY_BYTES = 32
export const KEY_ID_BYTES = 8

export function stateKeyOf(bytes: Uint8Array): StateKey {
  const id = createHash('sha256').update('millrace state key\n').update(bytes).digest('hex')
  return { id: id.slice(0, KEY_ID_BYTES * 2), bytes }
}

export const newStateKey = (): StateKey => stateKeyOf(randomBytes(STATE_KEY_BYTES))
