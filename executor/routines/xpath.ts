import { packed } from '../../columnar/packed-writer.js'
import { array, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parsedXml } from '../../common/xml/document.js'
import { type XmlDocument, type XPathExpression, type XPathOptions, xpath } from '../../common/xml/packages.js'
import type { HostRoutine, HostValue } from './routine.js'

/* Paths within XML: a path is a constant of the query, and a row often asks its text for several. */

const MOST_PATHS = 100
const paths = new Map<string, XPathExpression>()
let last: { readonly text: string; readonly document: XmlDocument } | undefined

/** A namespace that no document has: prefixes of paths mean nothing, as in Spark. */
const NOWHERE = 'urn:millrace:none'

type Name = HostValue | undefined

/** @throws FAILED_FUNCTION_CALL */
function within<T>(name: Name, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (MillraceError.is(error)) throw error
    const cause = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: `\`${name as string}\``, cause })
  }
}

function pathOf(text: string): XPathExpression {
  const known = paths.get(text)
  if (known) return known
  const path = xpath().parse(text)
  if (paths.size >= MOST_PATHS) paths.clear()
  paths.set(text, path)
  return path
}

/** The time in which nodes are put into the order of their document grows with the square of their number. */
const MOST_TAGS = 50_000

/** @throws UNSUPPORTED_FEATURE */
function refuseManyTags(text: string): void {
  let tags = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    tags++
    if (tags > MOST_TAGS)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `paths in XML of more than ${MOST_TAGS} tags` })
  }
}

function documentOf(text: string): XmlDocument {
  if (last?.text !== text) {
    refuseManyTags(text)
    last = { text, document: parsedXml(text) }
  }
  return last.document
}

/** A routine of a text, a path and the name of the function; NULL for an empty one of the former. */
const ofPath =
  (evaluate: (path: XPathExpression, options: XPathOptions) => HostValue): HostRoutine =>
  ([text, path, name]) => {
    if (text === '' || path === '') return null
    return within(name, () => {
      const node = documentOf(text as string)
      return evaluate(pathOf(path as string), {
        node,
        allowAnyNamespaceForNoPrefix: true,
        namespaces: () => NOWHERE,
      })
    })
  }

/** A text is a number only as XPath writes one. */
const NUMBER = /^[ \t\r\n]*-?(?:\d+(?:\.\d*)?|\.\d+)[ \t\r\n]*$/

function numberOf(path: XPathExpression, options: XPathOptions): number {
  const value = path.evaluate(options)
  const { XNumber, XBoolean } = xpath()
  if (value instanceof XNumber || value instanceof XBoolean) return path.evaluateNumber(options)
  const text = path.evaluateString(options)
  return NUMBER.test(text) ? Number(text) : Number.NaN
}

/** As Java makes whole numbers of doubles: NaN is 0, and what is too large the last one there is. */
const whole = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value)))
const MOST_LONG = 2n ** 63n - 1n
const long = (value: number): bigint => {
  if (Number.isNaN(value)) return 0n
  if (Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value))
  return value > 0 ? MOST_LONG : -MOST_LONG - 1n
}

export const boolean: HostRoutine = ofPath((path, options) => path.evaluateBoolean(options))
export const double: HostRoutine = ofPath(numberOf)
export const int: HostRoutine = ofPath((path, options) => whole(numberOf(path, options)))
export const short: HostRoutine = ofPath((path, options) => (whole(numberOf(path, options)) << 16) >> 16)
export const bigint: HostRoutine = ofPath((path, options) => long(numberOf(path, options)))
export const text: HostRoutine = ofPath((path, options) => path.evaluateString(options))

const TEXTS = array(STRING)

/** The values of nodes: of attributes, texts and the like; elements have none. */
export const list: HostRoutine = ofPath((path, options) => {
  const values = path
    .evaluateNodeSet(options)
    .toArray()
    .map(({ nodeValue }) => nodeValue)
  const refuse = (): MillraceError => new MillraceError('INTERNAL_ERROR', { message: 'the value of a node is no text' })
  return packed(TEXTS, values, (_, value) => Buffer.from(value as string, 'utf8'), refuse)!
})
