import { variantJsonText } from './variant-json.js'
import type { VariantParts } from './variant-parts.js'

/** A value of any type: what a variant column gives to and takes from a user's rows. Its buffers are those of Parquet's Variant encoding. */
export class Variant implements VariantParts {
  readonly value: Uint8Array
  readonly metadata: Uint8Array

  constructor(value: Uint8Array, metadata: Uint8Array) {
    this.value = value
    this.metadata = metadata
  }

  /** The value as JSON; timestamps as the clocks of a time zone show them. @throws MALFORMED_VARIANT */
  toJson(timeZone = 'UTC'): string {
    return variantJsonText(this, timeZone)
  }

  toString(): string {
    return this.toJson()
  }

  /** What `JSON.stringify` writes: numbers with as many digits as JavaScript has. */
  toJSON(): unknown {
    return JSON.parse(this.toJson())
  }

  /** How `console.log` prints it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toJson()
  }
}
