/**
 * What is said on a connection before gRPC, in bytes. Whoever connects says a hello, the other side answers with its own; then the first proves
 * that it has the secret, and the answer is a verdict: a refusal, or a welcome with the proof of the other side. Of strangers nothing
 * else is read. Whoever has a token says its name before its proof.
 */
import { randomBytes } from 'node:crypto'
import { PROTOCOL_VERSIONS, type ProtocolVersions } from '../../version.js'
import type { ExactReader } from './exact-reader.js'

/** A hello: this, the oldest and the newest version, and bytes that are used once. */
const MAGIC = Buffer.from('MILLRACE')
const OLDEST_AT = MAGIC.length
const NEWEST_AT = OLDEST_AT + 2
const NONCE_AT = NEWEST_AT + 2
const NONCE_BYTES = 32
const HELLO_BYTES = NONCE_AT + NONCE_BYTES
export const PROOF_BYTES = 32
/** A code, and how many bytes follow: the proof of a welcome, the reason of a refusal. */
const VERDICT_BYTES = 2
const MAX_REASON_BYTES = 255

const TLS_HANDSHAKE = 0x16
/** Says in TLS that the version of TLS is wrong; its first byte tells whoever does not speak it that the other side does. */
const TLS_ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 70])

export const startsTls = (bytes: Buffer): boolean => bytes[0] === TLS_HANDSHAKE

const VERDICTS = ['welcome', 'secret', 'certificate', 'version', 'protocol', 'token'] as const

/** Why a connection is refused. */
export interface Refusal {
  readonly kind: Exclude<(typeof VERDICTS)[number], 'welcome'> | 'tls'
  /** What is wrong, where the kind does not say all. */
  readonly reason: string
}

export function newHello({ oldest, newest }: ProtocolVersions = PROTOCOL_VERSIONS): Buffer {
  const hello = Buffer.alloc(HELLO_BYTES)
  MAGIC.copy(hello)
  hello.writeUInt16BE(oldest, OLDEST_AT)
  hello.writeUInt16BE(newest, NEWEST_AT)
  randomBytes(NONCE_BYTES).copy(hello, NONCE_AT)
  return hello
}

export interface Hello extends ProtocolVersions {
  readonly bytes: Buffer
}

/** What the other side says first, or what is wrong with it; that is known by its first bytes, as it may wait for an answer. */
export async function heardHello(reader: ExactReader): Promise<Hello | Refusal> {
  const start = await reader.read(MAGIC.length)
  if (startsTls(start) || start[0] === TLS_ALERT[0]) return { kind: 'tls', reason: '' }
  const bytes = Buffer.concat([start, start.equals(MAGIC) ? await reader.read(HELLO_BYTES - MAGIC.length) : start])
  if (bytes.length < HELLO_BYTES) return { kind: 'protocol', reason: 'it says something else' }
  return { bytes, oldest: bytes.readUInt16BE(OLDEST_AT), newest: bytes.readUInt16BE(NEWEST_AT) }
}

export const welcome = (proof: Buffer): Buffer => Buffer.concat([Buffer.from([0, proof.length]), proof])

export function refused({ kind, reason }: Refusal): Buffer {
  if (kind === 'tls') return TLS_ALERT
  const text = Buffer.from(reason).subarray(0, MAX_REASON_BYTES)
  return Buffer.concat([Buffer.from([VERDICTS.indexOf(kind), text.length]), text])
}

/** What whoever connects says before its proof: the name of its token, after its length; nothing but 0 with the secret itself. */
export function claimOf(token = ''): Buffer {
  const name = Buffer.from(token, 'latin1')
  return Buffer.concat([Buffer.from([name.length]), name])
}

export async function heardClaim(reader: ExactReader): Promise<string> {
  const [length] = await reader.read(1)
  return length ? (await reader.read(length)).toString('latin1') : ''
}

/** The proof that the other side gives with its welcome, or why it refuses. */
export async function heardVerdict(reader: ExactReader): Promise<Buffer | Refusal> {
  const [code, length] = await reader.read(VERDICT_BYTES)
  const kind = VERDICTS[code!]
  const rest = length ? await reader.read(length) : Buffer.alloc(0)
  if (kind === undefined || length === undefined) return { kind: 'protocol', reason: 'it says something else' }
  return kind === 'welcome' ? rest : { kind, reason: rest.toString() }
}
