import { join } from 'node:path'

/** Whose state it is, and as of which batch. */
export interface StateVersion {
  readonly operatorId: number
  readonly partition: number
  readonly batchId: number
  /** Of the start of the query that ran the batch: two starts that run the same batch write files of their own. */
  readonly epoch: number
}

/** Where the files of an operator's partition lie, below `state` in the checkpoint. */
export const stateFolder = (
  checkpointLocation: string,
  { operatorId, partition }: Pick<StateVersion, 'operatorId' | 'partition'>,
): string => join(checkpointLocation, 'state', String(operatorId), String(partition))

/** The file that holds a version of the state whole. */
export const statePath = (checkpointLocation: string, version: StateVersion): string =>
  join(stateFolder(checkpointLocation, version), `${version.batchId}.${version.epoch}.blocks`)
