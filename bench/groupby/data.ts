/** Values of the columns with few of them; of the others a value comes about so many times. */
const FEW = 100
const DECIMALS = 1_000_000

/**
 * The table of h2o.ai's benchmark of databases, as SQL: values are drawn evenly by the hash of the row's number and of the column's, so that every run has the same
 * rows. `n` is beside it: whole numbers in no order, each once.
 */
export function tableOf(rows: number): string {
  const drawn = (column: number, values: number): string => `(pmod(xxhash64(id, ${column}), ${values}) + 1)`
  const text = (column: number, values: number, digits: number): string =>
    `concat('id', lpad(cast(${drawn(column, values)} as string), ${digits}, '0'))`
  const int = (column: number, values: number): string => `cast(${drawn(column, values)} as int)`
  const many = Math.max(1, Math.floor(rows / FEW))
  return `select ${text(1, FEW, 3)} id1, ${text(2, FEW, 3)} id2, ${text(3, many, 10)} id3,
    ${int(4, FEW)} id4, ${int(5, FEW)} id5, ${int(6, many)} id6, ${int(7, 5)} v1, ${int(8, 15)} v2,
    pmod(xxhash64(id, 9), ${FEW * DECIMALS}) / ${DECIMALS}.0D v3, cast(id * 7919 % ${primeBeyond(rows)} as int) n
    from range(${rows})`
}

/** The first prime from a number on: products with another one have different remainders. */
function primeBeyond(number: number): number {
  for (let candidate = Math.max(2, number); ; candidate++) if (isPrime(candidate)) return candidate
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false
  return true
}
