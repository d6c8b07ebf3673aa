const MAGIC = 0xfd2fb528
/** A frame that tells its size in four bytes and is one segment. */
const FRAME_DESCRIPTOR = 0xa0
const FRAME_HEAD_BYTES = 9
const MOST_BLOCK_BYTES = 1 << 17
const BLOCK_HEAD_BYTES = 3

/** A frame of bytes as they are. */
export function storedByZstd(bytes: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt8(FRAME_DESCRIPTOR, 4)
  head.writeUInt32LE(bytes.length, 5)
  const parts: Uint8Array[] = [head]
  for (let at = 0; at < bytes.length; at += MOST_BLOCK_BYTES) {
    const some = bytes.subarray(at, at + MOST_BLOCK_BYTES)
    const block = Buffer.alloc(BLOCK_HEAD_BYTES)
    block.writeUIntLE((some.length << 3) | Number(at + some.length === bytes.length), 0, BLOCK_HEAD_BYTES)
    parts.push(block, some)
  }
  return parts
}
