import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Batches } from './step.js'

/** What a row raised, with the place in its file where the source of the row knows it. `row` is where the text of the row lies. */
export async function placedError(error: unknown, row: number | undefined, batches: Batches): Promise<unknown> {
  if (row === undefined || !MillraceError.is(error) || !('placeOf' in batches)) return error
  const place = await batches.placeOf?.(row)
  if (!place) return error
  const { condition, parameters, origin, cause } = error
  return new MillraceError(condition, parameters, { origin, place, ...(cause === undefined ? {} : { cause }) })
}
