import { BIGINT, BINARY, BOOLEAN, INT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, cast, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { KernelFunction } from '../../plan/expression/functions.js'
import { castTo, expectType, isNumeric, unexpectedType } from '../coercion.js'
import { buildCase } from './conditional.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable } from './definition.js'
import { letterClasses } from './letter-classes.js'

type Kind = typeof STRING | typeof INT

/** A kernel of operands of these types; those left out at the end are the defaults. */
function kernel(
  fn: KernelFunction,
  result: Kind,
  types: readonly Kind[],
  ...defaults: readonly Expression[]
): FunctionDefinition {
  return between(types.length - defaults.length, types.length, (args, site) =>
    call(fn, result, operands(types, args, defaults, site), { origin: site.origin }),
  )
}

const operands = (
  types: readonly Kind[],
  args: readonly Expression[],
  defaults: readonly Expression[],
  site: CallSite,
): readonly Expression[] =>
  types.map((type, i) => {
    const arg = args[i]
    return arg ? expectType(arg, type, i, site) : defaults[i - types.length + defaults.length]!
  })

/** lpad and rpad. */
const padded = (isLeft: boolean): FunctionDefinition =>
  between(2, 3, (args, site) => {
    if (args[0]!.type.kind === 'binary')
      throw new MillraceError(
        'UNSUPPORTED_FEATURE',
        { feature: `${site.name} of binary values` },
        { origin: site.origin },
      )
    const parts = operands([STRING, INT, STRING], args, [literal(STRING, ' ')], site)
    return call('pad', STRING, [...parts, literal(INT, isLeft ? 1 : 0)], { origin: site.origin })
  })

/** Where a text first occurs; at 0 when it is not said from where. */
const locate: FunctionDefinition = between(2, 3, (args, site) => {
  const [part, text] = operands([STRING, STRING], args.slice(0, 2), [], site)
  const from = args[2] ? expectType(args[2], INT, 2, site) : literal(INT, 1)
  const found = call('position', INT, [text!, part!, from], { origin: site.origin })
  if (!from.nullable) return found
  const unknown = call('is_null', BOOLEAN, [from])
  return buildCase([{ when: unknown, value: literal(INT, 0) }], found, site)
})

const hex: FunctionDefinition = exactly(1, ([value], site) => {
  const { kind } = value!.type
  if (kind === 'string' || kind === 'binary') return call('hex', STRING, [value!], { origin: site.origin })
  const number = isNumeric(value!.type) ? castTo(value!, BIGINT) : expectType(value!, BIGINT, 0, site)
  return call('text_of_bits', STRING, [number, literal(INT, 4)], { origin: site.origin })
})

const bytesOf = (factor: number): FunctionDefinition =>
  exactly(1, ([value], site) => {
    const binary = value!.type.kind === 'binary' ? value! : cast(expectType(value!, STRING, 0, site), BINARY, 'ansi')
    const bytes = call('length', INT, [binary], { origin: site.origin })
    return factor === 1 ? bytes : call('multiply', INT, [bytes, literal(INT, factor)], { origin: site.origin })
  })

/** A part of a text replaced: as long as what replaces it, unless that is said. */
const overlay: FunctionDefinition = between(3, 4, (args, site) => {
  const [text, by, at, given] = operands([STRING, STRING, INT, INT], args, [literal(INT, -1)], site)
  const options = { origin: site.origin }
  const isGiven = call('ge', BOOLEAN, [given!, literal(INT, 0)])
  const length = call('length', INT, [by!], options)
  const isUnknown = call('is_null', BOOLEAN, [given!])
  const branches = [
    { when: isGiven, value: given! },
    { when: isUnknown, value: literal(INT, null) },
  ]
  const size = args[3] ? buildCase(branches, length, site) : length
  const [before, behind] = [
    call('subtract', INT, [at!, literal(INT, 1)], options),
    call('add', INT, [at!, size], options),
  ]
  const parts = [
    call('substring', STRING, [text!, literal(INT, 1), before]),
    by!,
    call('substring', STRING, [text!, behind, literal(INT, 2 ** 31 - 1)]),
  ]
  return call('concat', STRING, parts, options)
})

const right: FunctionDefinition = exactly(2, (args, site) => {
  const [text, count] = operands([STRING, INT], args, [], site)
  const none = call('le', BOOLEAN, [count!, literal(INT, 0)])
  const from = call('negate', INT, [count!], { origin: site.origin })
  const end = call('substring', STRING, [text!, from, literal(INT, 2 ** 31 - 1)], { origin: site.origin })
  return buildCase(
    [{ when: none, value: call('substring', STRING, [text!, literal(INT, 1), literal(INT, 0)]) }],
    end,
    site,
  )
})

const MASKS = ['upperChar', 'lowerChar', 'digitChar', 'otherChar'] as const
const DEFAULT_MASKS = ['X', 'x', 'n', null] as const

/** Letters and digits replaced by others. @throws DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE, NON_FOLDABLE_INPUT */
const mask: FunctionDefinition = between(1, 5, (args, site) => {
  const text = expectText(args[0]!, 0, site)
  const points = MASKS.map((exprName, i) => {
    const arg = args[i + 1]
    const written = arg ? expectText(arg, i + 1, site) : literal(STRING, DEFAULT_MASKS[i]!)
    if (written.kind !== 'literal') {
      const inputExpr = site.argumentSql?.(i + 1) ?? site.sql
      const parameters = { inputName: quotedName(exprName), inputType: '"STRING"', inputExpr, sqlExpr: site.sql }
      throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
    }
    if (written.value === null) return literal(INT, -1)
    const value = String(written.value)
    if (value.length !== 1) {
      const parameters = { exprName, sqlExpr: site.sql }
      throw new MillraceError('DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE', parameters, { origin: site.origin })
    }
    return literal(INT, value.charCodeAt(0))
  })
  return call('mask', STRING, [text, ...points, literal(BINARY, letterClasses())], { origin: site.origin })
})

/** A text that is no number before. */
function expectText(e: Expression, position: number, site: CallSite): Expression {
  if (e.type.kind === 'string' || e.type.kind === 'void') return expectType(e, STRING, position, site)
  throw unexpectedType(e, '"STRING"', position, site)
}

const byteText: FunctionDefinition = exactly(1, ([value], site) =>
  call('text_of_byte', STRING, [expectType(value!, BIGINT, 0, site)], { origin: site.origin }),
)

export const TEXTS: FunctionTable = {
  repeat: kernel('repeat', STRING, [STRING, INT]),
  space: exactly(1, ([count], site) =>
    call('repeat', STRING, [literal(STRING, ' '), expectType(count!, INT, 0, site)], { origin: site.origin }),
  ),
  lpad: padded(true),
  rpad: padded(false),
  replace: kernel('replace', STRING, [STRING, STRING, STRING], literal(STRING, '')),
  translate: kernel('translate', STRING, [STRING, STRING, STRING]),
  reverse: kernel('reverse', STRING, [STRING]),
  instr: exactly(2, (args, site) => {
    const parts = operands([STRING, STRING], args, [], site)
    return call('position', INT, [...parts, literal(INT, 1)], { origin: site.origin })
  }),
  locate,
  position: locate,
  substring_index: kernel('substring_index', STRING, [STRING, STRING, INT]),
  ascii: kernel('first_point', INT, [STRING]),
  chr: byteText,
  char: byteText,
  hex,
  bin: exactly(1, ([value], site) =>
    call('text_of_bits', STRING, [expectType(value!, BIGINT, 0, site), literal(INT, 1)], { origin: site.origin }),
  ),
  octet_length: bytesOf(1),
  bit_length: bytesOf(8),
  overlay,
  right,
  mask,
}
