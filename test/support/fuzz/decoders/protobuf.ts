import { readFileSync } from 'node:fs'
import { MissingDependency, parseDescriptors } from '../../../../columnar/protobuf/parse-descriptors.js'
import { Recursive, ShapeFinder, TooLarge, Unknown } from '../../../../columnar/protobuf/shape.js'
import { specBytes } from '../../../../columnar/protobuf/spec.js'
import { Malformed } from '../../../../columnar/protobuf/wire.js'
import { array, struct } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { read } from '../../../../executor/routines/protobuf.js'
import type { Samples } from './samples.js'

interface Values {
  readonly descriptors: Readonly<Record<string, string>>
  readonly messages: Readonly<Record<string, string>>
}

const VALUES = 'test/data/protobuf/values.json'
const OPTIONS = { depth: 3, enumsAsNumbers: false, widensUnsigned: true, unwraps: false, keepsEmpty: false }

const values = (): Values => JSON.parse(readFileSync(VALUES, 'utf8')) as Values
const bytesOf = (texts: Readonly<Record<string, string>>): Samples =>
  Object.values(texts).map((text) => Buffer.from(text, 'hex'))

export const protobufSamples = (): Samples => bytesOf(values().messages)
export const descriptorSamples = (): Samples => bytesOf(values().descriptors)

/** Reads bytes as an order, which has fields of all kinds. @throws MALFORMED_PROTOBUF_MESSAGE */
export function readOrder(bytes: Uint8Array): void {
  order ??= orderCall()
  read([bytes, order.spec], { result: order.result, arguments: [] }, NO_KERNELS)
}

let order: ReturnType<typeof orderCall> | undefined

/** What a call that reads orders has beside the bytes. */
function orderCall() {
  const descriptors = parseDescriptors(Buffer.from(values().descriptors['shop']!, 'hex'))
  const { shape, fields } = new ShapeFinder(descriptors, OPTIONS).message(descriptors.messages.get('shop.Order')!)
  return {
    spec: specBytes({ fields: shape, tellsUsual: true, failsFast: true }),
    result: array(struct(fields), false),
  }
}

/** Of texts in messages none is a time. */
const NO_KERNELS = { tellsTime: () => false }

/** Reads bytes as descriptors, and finds the columns of all messages. @throws CANNOT_PARSE_PROTOBUF_DESCRIPTOR */
export function readDescriptors(bytes: Uint8Array): void {
  try {
    const descriptors = parseDescriptors(bytes)
    for (const message of descriptors.messages.values()) new ShapeFinder(descriptors, OPTIONS).message(message)
  } catch (error) {
    const isRefused = [Malformed, MissingDependency, Recursive, TooLarge, Unknown].some((kind) => error instanceof kind)
    throw isRefused ? new MillraceError('CANNOT_PARSE_PROTOBUF_DESCRIPTOR') : error
  }
}
