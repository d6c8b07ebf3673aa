import { BOOLEAN, STRING } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { LIKE_ANCHORED_FIRST, LIKE_ANCHORED_LAST, LIKE_ANY, LIKE_ONE } from '../../../kernels/interface/text.js'
import { i32Constant } from '../../wasm/types.js'
import { asBytes } from '../bytes-result.js'
import { packTexts } from '../constant-pool.js'
import { constantValue } from '../literal.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { type BytesValue, isAlwaysNull, scalar, type Value } from '../value.js'
import { pushBytesEqual } from './bytes-comparison.js'
import { type Occurrence, pushOccurrence } from './strings.js'

/** A pattern's parts: text, `%` and `_`. */
type Part = string | typeof ANY | typeof ONE

const ANY = Symbol('any sequence')
const ONE = Symbol('any one character')
const ESCAPE = '\\'

/** The analyzer has seen to it that the escape character stands only before itself, `%` and `_`. */
function parsePattern(pattern: string): readonly Part[] {
  const parts: Part[] = []
  let text = ''
  const flush = () => {
    if (text !== '') parts.push(text)
    text = ''
  }
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!
    if (character === ESCAPE) text += pattern[++i] ?? ESCAPE
    else if (character === '%') {
      flush()
      if (parts.at(-1) !== ANY) parts.push(ANY)
    } else if (character === '_') {
      flush()
      parts.push(ONE)
    } else text += character
  }
  flush()
  return parts
}

/** `like` with a constant pattern: most patterns are an equality, a beginning, an end or a search. */
export function compileLike(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  const pattern = call.args[1]!
  if (isAlwaysNull(value) || (pattern.kind === 'literal' && pattern.value === null)) return nullOf(BOOLEAN)
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: 'LIKE with a pattern that is not a constant' },
      { origin: call.origin },
    )
  }
  pushLike(parsePattern(pattern.value), asBytes(value), scope)
  return scalar(BOOLEAN, scope.f.setNew('i32'), value.isNull)
}

function pushLike(parts: readonly Part[], text: BytesValue, scope: Scope): void {
  const [first, second, third] = parts
  const occurs = (place: Occurrence, part: string) => pushOccurrence(place, scope, text, constantBytes(part, scope))
  if (parts.length === 0) pushBytesEqual(scope, text, constantBytes('', scope))
  else if (parts.length === 1 && first === ANY) scope.f.i32(1)
  else if (parts.length === 1 && typeof first === 'string') pushBytesEqual(scope, text, constantBytes(first, scope))
  else if (parts.length === 2 && typeof first === 'string' && second === ANY) occurs('starts_with', first)
  else if (parts.length === 2 && first === ANY && typeof second === 'string') occurs('ends_with', second)
  else if (parts.length === 3 && first === ANY && typeof second === 'string' && third === ANY)
    occurs('contains', second)
  else if (!parts.includes(ONE)) pushLikeParts(parts, text, scope)
  else {
    const compiled = Buffer.concat(parts.map(encodePart))
    scope.f.get(text.address).get(text.length)
    scope.pushAddress(scope.context.constants.add(compiled))
    scope.f.i32(compiled.length).call(scope.kernel('likeMatch'))
  }
}

/** Texts with `%` between them: each is searched for behind the one before. */
function pushLikeParts(parts: readonly Part[], text: BytesValue, scope: Scope): void {
  const texts = parts.filter((part) => typeof part === 'string').map((part) => Buffer.from(part))
  const list = packTexts(texts)
  const anchored =
    (typeof parts[0] === 'string' ? LIKE_ANCHORED_FIRST : 0) |
    (typeof parts.at(-1) === 'string' ? LIKE_ANCHORED_LAST : 0)
  scope.f.get(text.address).get(text.length)
  scope.pushAddress(scope.context.constants.add(list))
  scope.f.i32(texts.length).i32(anchored).call(scope.kernel('likeParts'))
}

const encodePart = (part: Part): Uint8Array =>
  typeof part === 'string' ? Buffer.from(part) : Uint8Array.of(part === ANY ? LIKE_ANY : LIKE_ONE)

function constantBytes(text: string, scope: Scope): BytesValue {
  const value = asBytes(constantValue(STRING, text, scope))
  return { ...value, length: i32Constant(Buffer.byteLength(text)) }
}
