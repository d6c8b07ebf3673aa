import type { GrowingBytes } from '../../columnar/growing-bytes.js'
import { unpacked } from '../../columnar/packed-reader.js'
import { plainReader, type StoredNested } from '../../columnar/stored-values.js'
import type { ArrayType } from '../../columnar/types.js'
import type { HostRoutine, HostValue } from './routine.js'

/** A routine of an array of one value, which is written as the call's second operand tells; NULL for NULL. */
export const writtenValue =
  <B extends GrowingBytes>(
    to: B,
    writerOf: (spec: HostValue, type: ArrayType) => (value: StoredNested, to: B) => void,
  ): HostRoutine =>
  ([one, spec], { arguments: [type] }) => {
    const write = writerOf(spec!, type as ArrayType)
    const [value] = unpacked(type as ArrayType, one as Uint8Array, plainReader) as readonly StoredNested[]
    if (value === undefined || value === null) return null
    // Of a value before, which raised, some bytes may be there.
    to.taken()
    write(value, to)
    return to.taken()
  }
