/** A text without the characters at both ends whose codes are trimmed. */
function trimCodes(text: string, isTrimmed: (code: number) => boolean): string {
  let [start, end] = [0, text.length]
  while (start < end && isTrimmed(text.charCodeAt(start))) start++
  while (end > start && isTrimmed(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Without characters up to the space at both ends, as Java trims. */
export const trimJava = (text: string): string => trimCodes(text, (code) => code <= 0x20)

/** Without white space and controls of ASCII at both ends, as Spark reads values out of texts. */
export const trimControls = (text: string): string => trimCodes(text, (code) => code <= 0x20 || code === 0x7f)
