import { MillraceError } from '../errors/millrace-error.js'
import { type XmlDocument, xmldom } from './packages.js'

/** Elements within each other: the parser takes a time for each that grows with how many are around it. */
const MOST_DEPTH = 1000

/** A text as XML, by a parser that reads no other files and knows no entities but those of XML itself. @throws ParseError, QUERY_TOO_COMPLEX */
export function parsedXml(text: string): XmlDocument {
  if (depthOf(text) > MOST_DEPTH)
    throw new MillraceError('QUERY_TOO_COMPLEX', { what: 'levels of XML', limit: MOST_DEPTH })
  const { DOMParser, onErrorStopParsing } = xmldom()
  return new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml')
}

/** What is skipped as a whole, by how it begins and ends. */
const SKIPPED = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const

/** How many elements lie within each other at most, as far as the tags of a text tell. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0]
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const skipped = SKIPPED.find(([begin]) => text.startsWith(begin, at))
    if (skipped) {
      const end = text.indexOf(skipped[1], at + skipped[0].length)
      if (end < 0) return most
      at = end
      continue
    }
    const isEnd = text[at + 1] === '/'
    at = tagEnd(text, at + 1)
    if (isEnd) depth--
    else if (text[at - 1] !== '/') most = Math.max(most, ++depth)
  }
  return most
}

/** Where a tag ends: what stands in quotes does not end it. */
function tagEnd(text: string, from: number): number {
  let quote = ''
  let at = from
  for (; at < text.length; at++) {
    const sign = text[at]!
    if (quote !== '') quote = sign === quote ? '' : quote
    else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '>' || sign === '<') return at
  }
  return at
}
