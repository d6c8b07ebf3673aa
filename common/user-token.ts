import { createHmac } from 'node:crypto'

/** A token stands where the secret of a cluster would: its name, which is public, and a secret that the master can derive from both. */
const FORM = /^mrt1\.([\w-]{1,64}\.\d{1,15}\.[\w-]{1,64})\.([\da-f]{64})$/
const USER = /^[\w-]{1,64}$/
const NEVER = 0

export interface TokenName {
  readonly user: string
  /** In milliseconds since 1970; undefined when it does not expire. */
  readonly expiresMs: number | undefined
  /** Tells tokens of a user apart. */
  readonly serial: string
}

/** What a process has, to show it to the master of a cluster. */
export interface Shown {
  readonly secret: string
  /** The name of the token that it is the secret of; undefined for that of the cluster itself. */
  readonly token?: string
}

export const isUserName = (text: string): boolean => USER.test(text)

/** Reads what a user was given: a token, or the secret of the cluster. */
export function shownOf(text: string): Shown {
  const [, token, secret] = FORM.exec(text) ?? []
  return token === undefined || secret === undefined ? { secret: text } : { secret, token }
}

export function newToken(clusterSecret: string, { user, expiresMs = NEVER, serial }: TokenName): string {
  const name = `${user}.${expiresMs}.${serial}`
  return `mrt1.${name}.${tokenSecret(clusterSecret, name)}`
}

export const tokenSecret = (clusterSecret: string, name: string): string =>
  createHmac('sha256', clusterSecret).update(`millrace token\n${name}`).digest('hex')

/** What a name says, which counts when whoever tells it has proved to have its secret. */
export function tokenName(name: string): TokenName {
  const [user = '', expires = '', serial = ''] = name.split('.')
  const expiresMs = Number(expires)
  return { user, expiresMs: expiresMs === NEVER ? undefined : expiresMs, serial }
}
