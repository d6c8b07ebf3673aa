import type { ResponseWriter } from '../protocol/writer.js'
import { describeConfigs } from './admin.js'
import type { Api } from './api.js'
import { fetch } from './fetch.js'
import { describeGroups, findCoordinator, heartbeat, joinGroup, leaveGroup, listGroups, syncGroup } from './groups.js'
import { listOffsets } from './list-offsets.js'
import { metadata } from './metadata.js'
import { offsetCommit, offsetFetch, txnOffsetCommit } from './offsets.js'
import { produce } from './produce.js'
import { createPartitions, createTopics, deleteTopics } from './topics.js'
import { addOffsetsToTxn, addPartitionsToTxn, endTxn, initProducerId, listTransactions } from './transactions.js'

const apiVersions: Api = {
  key: 18,
  name: 'ApiVersions',
  minVersion: 0,
  maxVersion: 2,
  async handle(_request, response, { apiVersion }) {
    writeApiVersions(response, 0)
    if (apiVersion >= 1) response.int32(0)
    return true
  },
}

/** Every API served. */
export const APIS: ReadonlyMap<number, Api> = new Map(
  [
    produce,
    fetch,
    listOffsets,
    metadata,
    offsetCommit,
    offsetFetch,
    findCoordinator,
    joinGroup,
    heartbeat,
    leaveGroup,
    syncGroup,
    describeGroups,
    listGroups,
    apiVersions,
    createTopics,
    deleteTopics,
    initProducerId,
    addPartitionsToTxn,
    addOffsetsToTxn,
    endTxn,
    listTransactions,
    txnOffsetCommit,
    describeConfigs,
    createPartitions,
  ].map((api) => [api.key, api]),
)

/** The list of what is served; also the answer (in version 0) to a client that asks in a version too new. */
export function writeApiVersions(response: ResponseWriter, error: number): void {
  response.int16(error).array([...APIS.values()], ({ key, minVersion, maxVersion }) => {
    response.int16(key).int16(minVersion).int16(maxVersion)
  })
}
