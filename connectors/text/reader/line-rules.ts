import {
  LINES_COMMENT,
  LINES_DELIMITER,
  LINES_DELIMITER_LENGTH,
  LINES_ENDING,
  LINES_ESCAPE,
  LINES_QUOTE,
  LINES_QUOTED,
  LINES_SEPARATED,
  LINES_SEPARATOR,
  LINES_SEPARATOR_LENGTH,
  LINES_SKIP_BLANK,
  LINES_SPEC_BYTES,
  LINES_USUAL,
  LINES_WHOLE,
} from '../../../executor/kernels/interface/text-lines.js'
import type { Memory } from '../../api.js'
import type { LineRules } from '../options.js'

/** Lays rules out as the kernel textLines takes them. @returns their address, to be released */
export function writeLineRules(rules: LineRules, memory: Memory): number {
  const [separator, delimiter] = [Buffer.from(rules.separator ?? ''), Buffer.from(rules.quoted?.delimiter ?? '')]
  const address = memory.allocate(LINES_SPEC_BYTES + separator.length + delimiter.length)
  const [separatorAt, delimiterAt] = [LINES_SPEC_BYTES, LINES_SPEC_BYTES + separator.length]
  const { bytes, view } = memory
  const put = (at: number, value: number): void => view.setUint32(address + at, value, true)
  put(LINES_ENDING, endingOf(rules))
  put(LINES_SKIP_BLANK, Number(rules.skipsBlank))
  put(LINES_COMMENT, byteOf(rules.comment))
  put(LINES_SEPARATOR, address + separatorAt)
  put(LINES_SEPARATOR_LENGTH, separator.length)
  put(LINES_QUOTE, byteOf(rules.quoted?.quote))
  put(LINES_ESCAPE, byteOf(rules.quoted?.escape))
  put(LINES_DELIMITER, address + delimiterAt)
  put(LINES_DELIMITER_LENGTH, delimiter.length)
  bytes.set(separator, address + separatorAt)
  bytes.set(delimiter, address + delimiterAt)
  return address
}

function endingOf({ isWhole, quoted, separator }: LineRules): number {
  if (isWhole) return LINES_WHOLE
  if (separator !== undefined) return LINES_SEPARATED
  return quoted ? LINES_QUOTED : LINES_USUAL
}

const byteOf = (sign: string | undefined): number => Buffer.from(sign ?? '')[0] ?? 0
