import { append } from '../../common/append.js'
import type { Literal } from '../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { ValueType } from './wasm/types.js'

/** Gives the value of a numbered literal. */
export type ReadLiteral = (number: number) => LiteralValue

/** Something that follows from literals. It may refer to their numbers, and to nothing of the plan: code that many plans share keeps it. */
export type OfLiterals<T> = (read: ReadLiteral) => T

/** What code had to know of the literals of a plan, and what it was told: it is good for every plan that answers the same. */
export interface Answered {
  readonly question: OfLiterals<unknown>
  readonly answer: unknown
}

/** A constant that code gets when it is bound to a query. */
export interface LateConstant {
  readonly type: Exclude<ValueType, 'v128'>
  /** `addressOf` tells where the bytes of a text lie. */
  readonly value: (read: ReadLiteral, addressOf: (number: number) => number) => number | bigint
}

/** The module that late constants are imported from, by their positions. */
export const LITERALS_MODULE = 'literals'

/**
 * The literals of a plan while code is made of it. Code does not contain them, but imports them, so that it is good for other values too. What
 * it nevertheless depends on, such as the sign of a number or the length of a text, is asked here.
 */
export class LateLiterals {
  readonly #read: ReadLiteral
  readonly #known = new Set<number>()
  readonly answered: Answered[] = []
  readonly constants: LateConstant[] = []

  constructor(values: readonly LiteralValue[]) {
    this.#read = (number) => values[number]!
  }

  /** What the code is to depend on. */
  ask<T>(question: OfLiterals<T>): T {
    const answer = question(this.#read)
    this.answered.push({ question, answer })
    return answer
  }

  /** The whole value: code is good for no other then. */
  valueOf(number: number): LiteralValue {
    this.#known.add(number)
    return this.ask((read) => read(number))
  }

  /** Whether the code depends on the whole value already, and may as well contain it. */
  isKnown(number: number): boolean {
    return this.#known.has(number)
  }

  /** Adds a constant; returns its position. */
  add(constant: LateConstant): number {
    return this.constants.push(constant) - 1
  }
}

/** A literal whose value code is not to contain: who looks at it makes the code depend on it. */
export class NumberedLiteral implements Literal {
  readonly kind = 'literal'
  readonly type: Literal['type']
  readonly nullable = false
  readonly number: number
  readonly #literals: LateLiterals

  constructor(type: Literal['type'], number: number, literals: LateLiterals) {
    this.type = type
    this.number = number
    this.#literals = literals
  }

  get value(): LiteralValue {
    return this.#literals.valueOf(this.number)
  }
}

/** Whether code that was told this is right for a plan with these literals. */
export function isGoodFor(answered: readonly Answered[], values: readonly LiteralValue[]): boolean {
  const read: ReadLiteral = (number) => values[number]!
  return answered.every(({ question, answer }) => Object.is(question(read), answer))
}

/** The literals of a query, as its code imports them. */
export interface BoundLiterals {
  readonly read: ReadLiteral
  /** The bytes of the texts, which lie in linear memory. */
  readonly texts: Uint8Array
  /** The imports, where the texts lie at an address. */
  importsAt(address: number): Record<string, number | bigint>
}

/** Behind each text there may be read: kernels load whole words. */
const ALIGNMENT = 16

export function bindLiterals(constants: readonly LateConstant[], values: readonly LiteralValue[]): BoundLiterals {
  const chunks: Uint8Array[] = []
  const offsets = new Map<number, number>()
  let length = 0
  values.forEach((value, number) => {
    if (typeof value !== 'string') return
    const bytes = Buffer.from(value)
    const padding = new Uint8Array(ALIGNMENT - (bytes.length % ALIGNMENT))
    offsets.set(number, length)
    append(chunks, [bytes, padding])
    length += bytes.length + padding.length
  })
  const read: ReadLiteral = (number) => values[number]!
  return {
    read,
    texts: Buffer.concat(chunks),
    importsAt: (address) => {
      const addressOf = (number: number): number => address + offsets.get(number)!
      return Object.fromEntries(constants.map(({ value }, i) => [String(i), value(read, addressOf)]))
    },
  }
}
