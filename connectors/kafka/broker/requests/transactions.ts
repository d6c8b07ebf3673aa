import type { RequestHeader } from '../context.js'
import { ERROR } from '../protocol/error-codes.js'
import { NO_PRODUCER, PHASES, type ProducerName, type Transaction } from '../transactions/transaction.js'
import type { Api } from './api.js'
import { readProducer } from './producer.js'

/*
 * Versions end before the coordinator gives a producer a new epoch with each transaction (KIP-890): clients that are told of no such
 * feature do not ask for more.
 */

/** Clients that are older know of a producer that was replaced only as one of a wrong epoch. */
const errorFor = (error: number, { apiVersion }: RequestHeader, fencedFrom: number): number =>
  error === ERROR.producerFenced && apiVersion < fencedFrom ? ERROR.invalidProducerEpoch : error

/** Clients that have no name yet say so in both parts. */
const isName = ({ producerId, epoch }: ProducerName): boolean =>
  (producerId === NO_PRODUCER.producerId) === (epoch === NO_PRODUCER.epoch)

export const initProducerId: Api = {
  key: 22,
  name: 'InitProducerId',
  minVersion: 0,
  maxVersion: 4,
  flexibleFrom: 2,
  async handle(request, response, header, context) {
    const transactionalId = request.nullableString()
    const timeoutMs = request.int32()
    const named = header.apiVersion >= 3 ? readProducer(request) : NO_PRODUCER
    const current = named.producerId === NO_PRODUCER.producerId ? null : named
    response.int32(0)
    if (transactionalId === null) {
      const id = await context.nextProducerId()
      response.int16(ERROR.none).int64(id).int16(0).noTags()
      return true
    }
    const isWhole = transactionalId !== '' && isName(named)
    const { error, name } = isWhole
      ? await context.transactions.init({ transactionalId, timeoutMs, current })
      : { error: ERROR.invalidRequest, name: NO_PRODUCER }
    response
      .int16(errorFor(error, header, 4))
      .int64(BigInt(name.producerId))
      .int16(name.epoch)
      .noTags()
    return true
  },
}

export const addPartitionsToTxn: Api = {
  key: 24,
  name: 'AddPartitionsToTxn',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,
  async handle(request, response, header, { topics: store, transactions }) {
    const transactionalId = request.string()
    const producer = readProducer(request)
    const topics = request.array(() => {
      const topic = { topic: request.string(), partitions: request.array(() => request.int32()) }
      request.tags()
      return topic
    })
    const isThere = (topic: string, partition: number): boolean => store.partition(topic, partition) !== undefined
    const isWhole = topics.every(({ topic, partitions }) => partitions.every((each) => isThere(topic, each)))
    const added = isWhole
      ? await transactions.addPartitions(transactionalId, producer, topics)
      : ERROR.operationNotAttempted
    response.int32(0).array(topics, ({ topic, partitions }) => {
      response.string(topic).array(partitions, (partition) => {
        const error = isThere(topic, partition) || isWhole ? added : ERROR.unknownTopicOrPartition
        response
          .int32(partition)
          .int16(errorFor(error, header, 2))
          .noTags()
      })
      response.noTags()
    })
    response.noTags()
    return true
  },
}

export const addOffsetsToTxn: Api = {
  key: 25,
  name: 'AddOffsetsToTxn',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,
  async handle(request, response, header, { transactions }) {
    const transactionalId = request.string()
    const producer = readProducer(request)
    const error = await transactions.addGroup(transactionalId, producer, request.string())
    response
      .int32(0)
      .int16(errorFor(error, header, 2))
      .noTags()
    return true
  },
}

/** Of ids that have a transaction: those that never had one are not told. */
export const listTransactions: Api = {
  key: 66,
  name: 'ListTransactions',
  minVersion: 0,
  maxVersion: 0,
  flexibleFrom: 0,
  async handle(request, response, _header, { transactions }) {
    const states = request.array(() => request.string())
    const producers = request.array(() => String(request.int64()))
    const known = states.filter((state) => PHASES.has(state))
    const isAsked = ({ phase, producerId }: Transaction): boolean =>
      (states.length === 0 || known.includes(phase)) && (producers.length === 0 || producers.includes(producerId))
    response.int32(0).int16(ERROR.none)
    response.array(
      states.filter((state) => !PHASES.has(state)),
      (state) => response.string(state),
    )
    response.array(transactions.all().filter(isAsked), ({ transactionalId, producerId, phase }) => {
      response.string(transactionalId).int64(BigInt(producerId)).string(phase).noTags()
    })
    response.noTags()
    return true
  },
}

export const endTxn: Api = {
  key: 26,
  name: 'EndTxn',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,
  async handle(request, response, header, { transactions }) {
    const transactionalId = request.string()
    const producer = readProducer(request)
    const error = await transactions.end(transactionalId, producer, request.boolean() ? 'commit' : 'abort')
    response
      .int32(0)
      .int16(errorFor(error, header, 2))
      .noTags()
    return true
  },
}
