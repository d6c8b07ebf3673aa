import { join } from 'node:path'

/** The state of an operator's partition as of a batch: the file that the batch wrote, or the last one before it that had something to write. */
export interface StateVersion {
  /** Its name, which no other attempt of any start of the query has. */
  readonly file: string
  /** The digest of the file, which it ends with. */
  readonly digest: string
}

/** Where the files of an operator's partition lie, below `state` in the checkpoint. */
export const stateFolder = (checkpointLocation: string, operatorId: number, partition: number): string =>
  join(checkpointLocation, 'state', String(operatorId), String(partition))
