import { readFileSync } from 'node:fs'
import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import { type FileProtection, newStateKey, type StateKey, stateKeyOf } from '../common/encryption/file-protection.js'
import { MillraceError } from '../common/errors/millrace-error.js'

const MOST_KEYS = 16

/** How an application encrypts its files. */
export interface DriverProtection extends FileProtection {
  /** The id of the key for state in checkpoints that are kept; undefined when that is not encrypted. */
  readonly keptKey: string | undefined
  /** The same in checkpoints that end with their stream. */
  readonly temporaryKey: string | undefined
}

/** Undefined when nothing is encrypted. @throws FAILED_READ_FILE, INVALID_CONF_VALUE */
export function fileProtection(config: Config): DriverProtection | undefined {
  const keyBits = config.get(CONFIG.ioEncryption)
    ? (Number(config.get(CONFIG.ioEncryptionKeyBits)) as NonNullable<FileProtection['keyBits']>)
    : undefined
  const path = config.get(CONFIG.checkpointKeyFile)
  const kept = path === '' ? [] : keysIn(path)
  if (!keyBits && kept.length === 0) return undefined
  // Nobody reads these checkpoints behind the stream.
  const temporary = keyBits ? newStateKey() : undefined
  return {
    keyBits,
    stateKeys: temporary ? [...kept, temporary] : kept,
    keptKey: kept[0]?.id,
    temporaryKey: temporary?.id,
  }
}

function keysIn(path: string): readonly StateKey[] {
  const lines = textOf(path)
    .split('\n')
    .map((line) => line.trim())
  const keys = lines.filter((line) => line !== '')
  // The keys themselves are in no message.
  const refuse = (reason: string): MillraceError =>
    new MillraceError('INVALID_CONF_VALUE', { key: CONFIG.checkpointKeyFile.key, value: path, reason })
  if (keys.length === 0 || keys.length > MOST_KEYS) throw refuse(`it has ${keys.length} keys, not 1 to ${MOST_KEYS}`)
  const wrong = lines.findIndex((line) => line !== '' && !/^[\da-f]{64}$/i.test(line))
  if (wrong >= 0) throw refuse(`its line ${wrong + 1} is no key, which has 64 hexadecimal digits`)
  return keys.map((key) => stateKeyOf(Buffer.from(key, 'hex')))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MillraceError('FAILED_READ_FILE', { path, reason: (cause as Error).message }, { cause })
  }
}
