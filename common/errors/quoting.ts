/*
 * How parameters of conditions write texts and names, so that they can be told from what stands around them; as in Spark.
 */

/** A text as a string literal of SQL. */
export const quotedText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** A name as an identifier of SQL. */
export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** The same where it would else be none: names of letters, digits and underscores that begin with no digit stand as they are. */
export const quotedIfNeeded = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : quotedName(name))

/** A name of several parts. */
export const quotedPath = (parts: readonly string[]): string => parts.map(quotedName).join('.')
