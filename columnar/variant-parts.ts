/** The two buffers of a variant, in the encoding of Parquet's VariantEncoding.md. */
export interface VariantParts {
  readonly value: Uint8Array
  readonly metadata: Uint8Array
}

const HEAD_BYTES = 4

/** A variant as it is stored: how long its metadata is (u32), the metadata, the value. Kernels know it, too (`executor/kernels/interface/variant.ts`). */
export function packVariant({ value, metadata }: VariantParts): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES + metadata.length + value.length)
  bytes.writeUInt32LE(metadata.length)
  bytes.set(metadata, HEAD_BYTES)
  bytes.set(value, HEAD_BYTES + metadata.length)
  return bytes
}

/** The buffers where they lie. */
export function variantParts(bytes: Uint8Array): VariantParts {
  const end = HEAD_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  return { metadata: bytes.subarray(HEAD_BYTES, end), value: bytes.subarray(end) }
}
