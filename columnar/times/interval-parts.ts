/** The parts of an interval of any length, none of which is a whole number of another: months and days differ in length. */
export interface IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

/** Where the parts lie in the bytes of a value; kernels know it, too (`executor/kernels/interface/interval.ts`). */
const PLACE = { months: 0, days: 4, micros: 8, end: 16 } as const

/** An interval as it is stored: its months and days (i32), its microseconds (i64). */
export function packInterval({ months, days, micros }: IntervalParts): Uint8Array {
  const bytes = Buffer.alloc(PLACE.end)
  bytes.writeInt32LE(months, PLACE.months)
  bytes.writeInt32LE(days, PLACE.days)
  bytes.writeBigInt64LE(micros, PLACE.micros)
  return bytes
}

export function intervalParts(bytes: Uint8Array): IntervalParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    months: view.getInt32(PLACE.months, true),
    days: view.getInt32(PLACE.days, true),
    micros: view.getBigInt64(PLACE.micros, true),
  }
}
