/** A name that two fields have. */
export function repeatedName(fields: readonly { readonly name: string }[]): string | undefined {
  const names = new Set<string>()
  for (const { name } of fields) {
    if (names.has(name)) return name
    names.add(name)
  }
  return undefined
}
