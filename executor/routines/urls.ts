import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine, HostValue } from './routine.js'

/* The parts of URIs as RFC 2396 has them, with letters beyond ASCII wherever escapes may stand, as Java reads them. */

/** What is wrong is searched for: a pattern of all that is right would need room for each character of a long text. */
const NO_PATH = /[^\w\-!.~'()*\u{a0}-\u{d7ff}\u{e000}-\u{10ffff}:@&=+$,;/%]|%(?![0-9A-Fa-f]{2})/u
const NO_QUERY = /[^\w\-!.~'()*\u{a0}-\u{d7ff}\u{e000}-\u{10ffff};/?:@&=+$,[\]%]|%(?![0-9A-Fa-f]{2})/u
const NO_REGISTRY = /[^\w\-!.~'()*\u{a0}-\u{d7ff}\u{e000}-\u{10ffff}$,;:@&=+%]|%(?![0-9A-Fa-f]{2})/u
const NO_USER = /[^\w\-!.~'()*\u{a0}-\u{d7ff}\u{e000}-\u{10ffff};:&=+$,%]|%(?![0-9A-Fa-f]{2})/u
const BLANK = /\p{Zs}|\p{Zl}|\p{Zp}/u
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/
const FOUR_BYTES = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/
const SIX = /^\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.]+)?\]$/

interface Parts {
  readonly protocol: string | null
  readonly authority: string | null
  readonly user: string | null
  readonly host: string | null
  readonly path: string | null
  readonly query: string | null
  readonly ref: string | null
}

const NO_SERVER = { authority: null, user: null, host: null }

/** The parts of a URI; undefined for what is none. */
function partsOf(url: string): Parts | undefined {
  if (BLANK.test(url)) return undefined
  const [, protocol = null, rest, ref = null] = /^(?:([^:/?#]+):)?([^#]*)(?:#(.*))?$/s.exec(url) ?? []
  if (rest === undefined || (protocol === null && /^[^/?#]*:/.test(url))) return undefined
  if (protocol !== null && !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(protocol)) return undefined
  if (ref !== null && NO_QUERY.test(ref)) return undefined
  if (protocol !== null && !rest.startsWith('/')) {
    const isOpaque = rest !== '' && !NO_QUERY.test(rest)
    return isOpaque ? { protocol, ...NO_SERVER, path: null, query: null, ref } : undefined
  }
  const [, authority, path, query = null] = /^(?:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/s.exec(rest)!
  if (NO_PATH.test(path!) || (query !== null && NO_QUERY.test(query))) return undefined
  if (authority === '' && path === '') return undefined
  const server = authority ? serverOf(authority) : NO_SERVER
  return server && { protocol, ...server, path: path!, query, ref }
}

/** Whether a host is a name: labels between points, the last of which begins with a letter. */
function isNamed(host: string): boolean {
  const labels = (host.endsWith('.') ? host.slice(0, -1) : host).split('.')
  return labels.every((label) => LABEL.test(label)) && /^[A-Za-z]/.test(labels.at(-1)!)
}

function serverOf(authority: string): Pick<Parts, 'authority' | 'user' | 'host'> | undefined {
  const [, user = null, host, port] = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? []
  const isHost = host !== undefined && (isNamed(host) || FOUR_BYTES.test(host) || SIX.test(host))
  if (isHost && /^\d*$/.test(port ?? '') && (user === null || !NO_USER.test(user))) return { authority, user, host }
  return !NO_REGISTRY.test(authority) ? { authority, user: null, host: null } : undefined
}

/** The value of a key in a query. A point in a key stands for any character, as Spark reads it as a pattern. */
function valueFor(query: string | null, key: string): string | null {
  if (/[\\^$*+?()[\]{}|]/.test(key))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'keys of parse_url that are patterns' })
  const isKey = (part: string): boolean =>
    part[key.length] === '=' && key.split('').every((sign, i) => sign === '.' || part[i] === sign)
  return (
    query
      ?.split('&')
      .find(isKey)
      ?.slice(key.length + 1) ?? null
  )
}

function partOf(parts: Parts, part: string): string | null {
  switch (part) {
    case 'HOST':
      return parts.host
    case 'PATH':
      return parts.path
    case 'QUERY':
      return parts.query
    case 'REF':
      return parts.ref
    case 'PROTOCOL':
      return parts.protocol
    case 'FILE':
      return parts.query === null || parts.path === null ? parts.path : `${parts.path}?${parts.query}`
    case 'AUTHORITY':
      return parts.authority
    case 'USERINFO':
      return parts.user
    default:
      return null
  }
}

function parsed(url: string, part: HostValue, key: HostValue | undefined): string | null | undefined {
  const parts = partsOf(url)
  if (!parts) return undefined
  if (key === undefined) return partOf(parts, part as string)
  return part === 'QUERY' ? valueFor(parts.query, key as string) : null
}

export const parse: HostRoutine = ([url, part, key]) => {
  const result = parsed(url as string, part!, key)
  if (result === undefined) throw new MillraceError('INVALID_URL', { url: url as string })
  return result
}

export const tryParse: HostRoutine = ([url, part, key]) => parsed(url as string, part!, key) ?? null
