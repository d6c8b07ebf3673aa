const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** A size as Spark writes it, such as `2.5 MiB`. */
export function sizeText(bytes: number): string {
  let [size, unit] = [bytes, 0]
  for (; size >= 2048 && unit < UNITS.length - 1; unit++) size /= 1024
  return `${size.toFixed(1)} ${UNITS[unit]}`
}
