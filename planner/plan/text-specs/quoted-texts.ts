/** The option of `from_json` that has the paths of texts which must be in quotes, as a list in JSON: a number there is none. */
export const QUOTED_TEXTS = 'quotedTexts'

/** The path to a field of a struct; elements of arrays and values of maps have no name. */
export const quotedPath = (path: string, name: string): string => `${path}/${name}`
