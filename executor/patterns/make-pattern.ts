import { PATTERN_MADE, PATTERN_MALFORMED, PATTERN_NOT_BUILT } from '../kernels/interface/pattern.js'
import { parsePattern } from './parse-pattern.js'
import { programOf } from './program.js'
import { PatternFault } from './syntax.js'

/** A pattern's program, or what is wrong with it. */
export function makePattern(
  text: string,
  keepsGroups: boolean,
): { readonly outcome: number; readonly program?: Uint8Array<ArrayBuffer> } {
  try {
    return { outcome: PATTERN_MADE, program: programOf(parsePattern(text), keepsGroups) }
  } catch (fault) {
    // A pattern of many brackets within each other is too deep for the stack.
    if (fault instanceof RangeError) return { outcome: PATTERN_NOT_BUILT }
    if (!(fault instanceof PatternFault)) throw fault
    return { outcome: fault.isUnsupported ? PATTERN_NOT_BUILT : PATTERN_MALFORMED }
  }
}
