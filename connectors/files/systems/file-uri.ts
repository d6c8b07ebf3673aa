import { resolve } from 'node:path'

/** What Java writes in the path of a URI as it is: these, and letters and signs beyond ASCII. */
const ESCAPED = /[^\w\-!.~'()*,;:$&+=@/\u0080-\u{10ffff}]|[\p{Cc}\p{Z}]/gu

/** A file as Spark calls it. */
export const fileUri = (path: string): string =>
  `file://${resolve(path).replace(ESCAPED, (character) => encodeURIComponent(character))}`
