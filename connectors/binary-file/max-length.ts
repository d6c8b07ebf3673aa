import type { Options } from '../api.js'

/** The option by which the session says how long a file may be that is read as a value. */
export const MAX_LENGTH = 'binaryFile.maxLength'
/** Values have fewer bytes. */
const MOST_BYTES = 2 ** 31 - 1

export const maxLengthOf = (options: Options): number => Number(options[MAX_LENGTH] ?? MOST_BYTES)
