import { STRING } from '../../../columnar/types.js'
import { routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { isLenient } from '../session.js'
import { between, type CallSite, collated, type FunctionTable, helped, kernel, tried } from './definition.js'
import { expectText } from './text.js'

/** A part of a URL, perhaps the value of a key in its query. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE for what is no text */
function partOf(args: readonly Expression[], site: CallSite): Expression {
  const isTry = isLenient() || site.name === 'try_parse_url'
  const raises = isTry ? {} : { raises: true as const }
  const name = isTry ? 'urls.tryParse' : 'urls.parse'
  const run = { by: 'host', name, label: site.name, givesNull: true, ...raises } as const
  const texts = args.map((arg, i) => expectText(arg, i, site))
  return routineCall(run, STRING, texts, site.origin)
}

const CANNOT_DECODE: RoutineError = { condition: 'CANNOT_DECODE_URL', parameters: { url: DETAIL_TEXT } }

export const URLS: FunctionTable = collated('plain', {
  parse_url: helped(
    '(url, part[, key])',
    'A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; of QUERY also the value of a key. NULL when it has none.',
    [
      ["parse_url('http://spark.apache.org/path?query=1', 'HOST')", 'spark.apache.org'],
      ["parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')", '1'],
    ],
    between(2, 3, partOf),
  ),
  try_parse_url: helped(
    '(url, part[, key])',
    'The same, but NULL for what is no URL.',
    [["try_parse_url('inva lid', 'HOST')", 'NULL']],
    between(2, 3, partOf),
  ),
  url_encode: helped(
    '(text)',
    'A text as the value of a form in a URL.',
    [["url_encode('a b/c')", 'a+b%2Fc']],
    kernel('textUrlEncode', STRING, [STRING]),
  ),
  url_decode: helped(
    '(text)',
    'The text that the value of a form in a URL tells.',
    [["url_decode('a+b%2Fc')", 'a b/c']],
    kernel('textUrlDecode', STRING, [STRING], [], { errors: [CANNOT_DECODE] }),
  ),
  try_url_decode: helped(
    '(text)',
    'The same, but NULL where an escape is malformed.',
    [["try_url_decode('%2')", 'NULL']],
    tried(kernel('textUrlDecode', STRING, [STRING], [], { errors: [CANNOT_DECODE] })),
  ),
})
