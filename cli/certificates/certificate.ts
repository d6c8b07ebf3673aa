import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import { bits, identifier, octets, sequence, setOf, TRUE, tagged, time, unsigned, utf8 } from './der.js'

const ECDSA_WITH_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'))
const COMMON_NAME = identifier('2.5.4.3')
const KEY_ID = identifier('2.5.29.14')
const KEY_USAGE = identifier('2.5.29.15')
const ALTERNATIVE_NAMES = identifier('2.5.29.17')
const BASIC_CONSTRAINTS = identifier('2.5.29.19')
const AUTHORITY_KEY_ID = identifier('2.5.29.35')
const EXTENDED_KEY_USAGE = identifier('2.5.29.37')
const SERVER_AND_CLIENT = sequence(identifier('1.3.6.1.5.5.7.3.1'), identifier('1.3.6.1.5.5.7.3.2'))
const VERSION_3 = tagged(0xa0, Buffer.from([0x02, 1, 2]))
const SIGNS_CERTIFICATES = bits(Buffer.from([0x06]), 1)
const SIGNS_MESSAGES = bits(Buffer.from([0x80]), 7)
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
const SERIAL_BYTES = 16
/** Clocks of machines differ. */
const VALID_BEFORE_MS = 3_600_000
const DAY_MS = 86_400_000
/** Of a common name; hosts are told by the alternative names. */
const MOST_NAME_CHARS = 64

/** Who certifies: its common name, and the key that signs. */
export interface Authority {
  readonly name: string
  readonly key: KeyObject
}

export interface Made {
  readonly certificate: string
  readonly key: KeyObject
}

/** An authority that certifies itself. */
export function newAuthority(name: string, days: number, now: Date): Made {
  const key = newKey()
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(TRUE, unsigned(Buffer.from([0]))), true),
    extension(KEY_USAGE, SIGNS_CERTIFICATES, true),
  ]
  return { certificate: certificate({ name, key }, name, key, { days, now, extensions }), key }
}

/** A key of its own for a machine, and what an authority says of it: by these names and addresses it is reached, and it may connect to others. */
export function newMachine(authority: Authority, hosts: readonly string[], days: number, now: Date): Made {
  const key = newKey()
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, SIGNS_MESSAGES, true),
    extension(EXTENDED_KEY_USAGE, SERVER_AND_CLIENT),
    extension(ALTERNATIVE_NAMES, sequence(...hosts.map(alternativeName))),
    extension(AUTHORITY_KEY_ID, sequence(tagged(0x80, keyId(authority.key)))),
  ]
  return { certificate: certificate(authority, hosts[0]!, key, { days, now, extensions }), key }
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey

const publicKey = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' })
const keyId = (key: KeyObject): Buffer => createHash('sha256').update(publicKey(key)).digest().subarray(0, 20)

const nameOf = (text: string): Buffer => sequence(setOf(sequence(COMMON_NAME, utf8(text))))

const extension = (id: Buffer, value: Buffer, isCritical = false): Buffer =>
  sequence(id, ...(isCritical ? [TRUE] : []), octets(value))

const alternativeName = (host: string): Buffer =>
  isIP(host) === 0 ? tagged(DNS_NAME, Buffer.from(host)) : tagged(IP_ADDRESS, addressBytes(host))

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // As a URL it has no IPv4 address at its end.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
  const [first, last] = [groups(before), groups(after ?? '')]
  const all = [...first, ...Array(8 - first.length - last.length).fill('0'), ...last] as readonly string[]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function certificate(
  { name, key: signing }: Authority,
  subject: string,
  key: KeyObject,
  { days, now, extensions }: { readonly days: number; readonly now: Date; readonly extensions: readonly Buffer[] },
): string {
  const from = new Date(now.getTime() - VALID_BEFORE_MS)
  const serial = randomBytes(SERIAL_BYTES)
  // It has to be positive, and as short as it can be.
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const signed = sequence(
    VERSION_3,
    unsigned(serial),
    ECDSA_WITH_SHA256,
    nameOf(name),
    sequence(time(from), time(new Date(now.getTime() + days * DAY_MS))),
    nameOf(subject.slice(0, MOST_NAME_CHARS)),
    publicKey(key),
    tagged(0xa3, sequence(...extensions, extension(KEY_ID, octets(keyId(key))))),
  )
  const der = sequence(signed, ECDSA_WITH_SHA256, bits(sign('sha256', signed, signing)))
  const lines = der.toString('base64').match(/.{1,64}/g)!
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
