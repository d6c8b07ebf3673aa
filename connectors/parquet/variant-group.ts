import { VARIANT } from '../../columnar/types.js'
import type { FileColumn } from './file-column.js'

type StructColumn = Extract<FileColumn, { kind: 'struct' }>

/** A group of two buffers as a variant. Not read is one that has values in columns of their own beside them, which may take the place of a buffer. */
export function asVariant({ field: { name, nullable }, level, fields }: StructColumn): FileColumn {
  const isBuffer = ({ kind, field }: FileColumn): boolean =>
    kind === 'leaf' && !field.nullable && field.type.kind === 'binary'
  const part = (called: string) => fields.find((column) => column.field.name === called && isBuffer(column))
  const [value, metadata] = [part('value'), part('metadata')]
  const field = { name, type: VARIANT, nullable }
  if (value && metadata && fields.length === 2) return { kind: 'variant', field, level, value, metadata }
  return { kind: 'unsupported', field, reason: 'a variant of another form' }
}
