import { join } from 'node:path'
import type { StreamRequest } from '../engine/engine.js'

/** By the option, or in a folder of its own below the setting; Spark does so. */
export function checkpointLocationOf(
  { checkpointLocation, queryName }: StreamRequest,
  root: string,
): string | undefined {
  if (checkpointLocation !== undefined && checkpointLocation !== '') return checkpointLocation
  return root === '' ? undefined : join(root, queryName ?? crypto.randomUUID())
}
