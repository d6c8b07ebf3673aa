import { localCheckpointFiles } from '../common/checkpoint-files.js'
import type { FileProtection, KeyBits } from '../common/encryption/file-protection.js'
import { type StateFiles, stateFiles } from '../common/encryption/state-files.js'

/** How the files of this thread are encrypted: all that it runs is of one application. */
let protection: FileProtection | undefined

/** Before the thread opens any file. */
export function useProtection(given: FileProtection | undefined): void {
  protection = given
}

/** The length of keys for files that end with this process; undefined when these are not encrypted. */
export const localKeyBits = (): KeyBits | undefined => protection?.keyBits

/** The files of states in checkpoints. @param writeKey the id of the key that new ones are encrypted by; without it they are plain */
export const threadStateFiles = (writeKey?: string): StateFiles =>
  stateFiles(localCheckpointFiles, protection?.stateKeys ?? [], writeKey)
