const OFFSET = /^([+-])(?:(\d)|(\d\d)(?:(\d\d)(\d\d)?)?|(\d{1,2}):(?:(\d)|(\d\d)(?::(\d\d))?))$/
const LONGEST_SECONDS = 18 * 3600

/** The offset in seconds that a zone's name tells by itself, undefined for a wrong one; anything else may be a region. */
export function zoneOffset(name: string): number | undefined | 'region' {
  if (/^[+-]/.test(name)) return offsetOf(name)
  if (name.length <= 1) return name === 'Z' ? 0 : undefined
  const prefix = /^(?:UTC|GMT|UT)/.exec(name)?.[0]
  if (prefix === undefined) return 'region'
  const rest = name.slice(prefix.length)
  if (rest === '') return 0
  return /^[+-]/.test(rest) ? offsetOf(rest) : 'region'
}

/** ±h, ±hh, ±hhmm, ±hhmmss, ±h[h]:m, ±h[h]:mm, ±h[h]:mm:ss, as Java and older Sparks write offsets. */
function offsetOf(text: string): number | undefined {
  const match = OFFSET.exec(text)
  if (!match) return undefined
  const [hours, minutes, seconds] = [
    match[2] ?? match[3] ?? match[6],
    match[4] ?? match[7] ?? match[8],
    match[5] ?? match[9],
  ].map((part) => Number(part ?? 0))
  const total = hours! * 3600 + minutes! * 60 + seconds!
  if (minutes! > 59 || seconds! > 59 || total > LONGEST_SECONDS) return undefined
  return match[1] === '-' ? -total : total
}
