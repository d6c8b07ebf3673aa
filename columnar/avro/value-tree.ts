import { AVRO_ARRAY } from '../../executor/kernels/interface/avro.js'
import { type Place, targetOf } from '../leaf-places.js'
import { array, type DataType } from '../types.js'
import type { AvroType } from './avro-type.js'
import { listNode } from './reading-node.js'
import { writtenTree } from './written-tree.js'

const NOWHERE: Place = { flag: 0, flagStep: 0, present: 0, value: 0, valueStep: 0 }

/** How a kernel reads a value of its own into an array of it. @throws when it cannot be one of the type */
export const valueTree = (written: AvroType, type: DataType): Uint8Array =>
  writtenTree(
    listNode(
      AVRO_ARRAY,
      targetOf(array(type), () => NOWHERE),
      [written],
    ),
  )
