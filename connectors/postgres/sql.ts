/** A name as PostgreSQL writes it. */
export const quotedIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const identifierList = (names: readonly string[]): string => names.map(quotedIdentifier).join(', ')
