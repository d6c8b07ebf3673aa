import { hidesSecrets, hidingSecrets } from './secret-options.js'

/*
 * JSON that keeps what plain JSON loses: bigint, bytes, NaN, infinities, -0, undefined members of arrays and options that hide their secrets. Such a value is an object of
 * one member whose name begins with `$`; an object of the user's own that looks so is escaped by one more `$`.
 */
type Tagged = { readonly [tag: `$${string}`]: unknown }

/** The text of plain data (no functions, no classes but Uint8Array). Members that are undefined are left out. */
export function toTaggedJson(value: unknown): string {
  return JSON.stringify(isPlain(value) ? value : tag(value))
}

/** The inverse of `toTaggedJson`. @throws SyntaxError when the text is not JSON */
export function fromTaggedJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // Most texts, those of each task among them, have nothing that JSON would lose: no name in them begins with `$`, also not one that is written by its number.
  return text.includes('"$') || text.includes('\\u') ? untag(value) : value
}

/** Whether there is nothing to tag, as in most of what is written for each task: to copy it takes longer than to look. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every(isPlain)
  if (value instanceof Uint8Array || hidesSecrets(value)) return false
  for (const [name, member] of Object.entries(value)) if (name.startsWith('$') || !isPlain(member)) return false
  return true
}

function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: numberText(value) }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(tag)
  if (typeof value !== 'object' || value === null) return value
  if (hidesSecrets(value)) return { $options: { ...value } }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  const looksTagged = entries.length === 1 && entries[0]![0].startsWith('$')
  return Object.fromEntries(entries.map(([name, member]) => [looksTagged ? `$${name}` : name, tag(member)]))
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const special = entries.length === 1 && entries[0]![0].startsWith('$')
  return special
    ? untagSpecial(value as Tagged)
    : Object.fromEntries(entries.map(([name, member]) => [name, untag(member)]))
}

function untagSpecial(value: Tagged): unknown {
  if ('$bigint' in value) return BigInt(value.$bigint as string)
  if ('$number' in value) return Number(value.$number)
  if ('$options' in value) return hidingSecrets(value.$options as Readonly<Record<string, string>>)
  if ('$bytes' in value) return Uint8Array.from(Buffer.from(value.$bytes as string, 'base64'))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.slice(1), untag(member)]))
}
