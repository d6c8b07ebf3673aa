import { readFileSync } from 'node:fs'
import { MillraceError } from './errors/millrace-error.js'
import { submission } from './submission.js'

const SECRET = 'MILLRACE_SECRET'
/** Names the file with the secret. */
export const SECRET_FILE = 'MILLRACE_SECRET_FILE'
/** Names the folder with the certificates of this machine. */
export const TLS_FOLDER = 'MILLRACE_TLS_DIR'
/** Shorter ones could be found by trying. */
const LEAST_CHARS = 16
const MOST_CHARS = 1_024

/**
 * The secret that the user chose: what the file holds, that with which the program was submitted, or what the environment says by
 * MILLRACE_SECRET or MILLRACE_SECRET_FILE; undefined without any of these. It is never an argument, since all users of a machine can read those.
 * @throws FAILED_READ_FILE, INVALID_CONF_VALUE
 */
export function chosenSecret(file?: string): string | undefined {
  const submitted = submission()?.credentials
  if (file === undefined && submitted) return submitted.secret
  // An empty variable names no file.
  const path = file ?? (process.env[SECRET_FILE] || undefined)
  if (file === undefined && process.env[SECRET] !== undefined) return checked(process.env[SECRET], SECRET)
  return path === undefined ? undefined : checked(textOf(path), `the file ${path}`)
}

/** That secret, where there has to be one. @throws SECRET_MISSING as well */
export function neededSecret(file?: string): string {
  const secret = chosenSecret(file)
  if (secret === undefined) throw new MillraceError('SECRET_MISSING')
  return secret
}

/** The environment for a process that runs tasks: code of users has no business with the secret and the key of the cluster. */
export function environmentWithoutSecret(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [SECRET]: _, [SECRET_FILE]: __, [TLS_FOLDER]: ___, ...others } = env
  return others
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MillraceError('FAILED_READ_FILE', { path, reason: (cause as Error).message }, { cause })
  }
}

/** It goes into a header, so that it has to be visible ASCII. */
function checked(text: string, key: string): string {
  const secret = text.trim()
  const refuse = (reason: string): MillraceError => new MillraceError('INVALID_CONF_VALUE', { key, value: '…', reason })
  if (!/^[\x21-\x7e]*$/.test(secret)) throw refuse('a secret has letters, digits and signs of ASCII, without blanks')
  if (secret.length < LEAST_CHARS || secret.length > MOST_CHARS)
    throw refuse(`a secret has from ${LEAST_CHARS} to ${MOST_CHARS} characters`)
  return secret
}
