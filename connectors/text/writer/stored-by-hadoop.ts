/** What kernels compress to for files of Hadoop's codecs. */
export const HADOOP_CODECS = { lz4: 'hadoopLz4', snappy: 'hadoopSnappy' } as const

/** A block that is not compressed is one of at most so many bytes. */
const MOST_STORED_BYTES = 60

/** Blocks of bytes as they are: what stands alone in either codec, with the length of it. */
export function storedByHadoop(codec: 'lz4' | 'snappy', bytes: Uint8Array): readonly Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += MOST_STORED_BYTES) {
    const some = bytes.subarray(at, at + MOST_STORED_BYTES)
    const { length } = some
    const tag = codec === 'snappy' ? [length, (length - 1) << 2] : length < 15 ? [length << 4] : [0xf0, length - 15]
    const head = Buffer.alloc(8)
    head.writeUInt32BE(length, 0)
    head.writeUInt32BE(length + tag.length, 4)
    blocks.push(Buffer.concat([head, Buffer.from(tag), some]))
  }
  return blocks
}
