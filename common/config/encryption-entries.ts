import { booleanEntry, choiceEntry, textEntry } from './entry.js'

/** Settings of files that the engine makes for itself. */
export const ENCRYPTION_CONFIG = {
  ioEncryption: booleanEntry({
    key: 'io.encryption.enabled',
    sparkKey: 'spark.io.encryption.enabled',
    doc: 'Whether what queries put on local disks while they run is encrypted (AES in GCM): output of stages, cached blocks, what sorts, joins and aggregates have no room for, state that does not fit into memory, and the files of state in checkpoints of streams that were given none. Each file has a key of its own, which is in the memory of its process alone. State in checkpoints that are kept: `checkpoint.encryption.keyFile`.',
    defaultText: 'false',
  }),
  ioEncryptionKeyBits: choiceEntry(
    {
      key: 'io.encryption.keySizeBits',
      sparkKey: 'spark.io.encryption.keySizeBits',
      doc: 'The length of these keys: 128, 192 or 256.',
      defaultText: '128',
    },
    ['128', '192', '256'],
  ),
  ioEncryptionKeyAlgorithm: choiceEntry(
    {
      key: 'io.encryption.keygen.algorithm',
      sparkKey: 'spark.io.encryption.keygen.algorithm',
      doc: "Taken as in Spark, where it names a generator of Java: keys are random bytes by the system's generator, whichever is named.",
      defaultText: 'HmacSHA1',
    },
    ['AES', 'HmacSHA1', 'HmacSHA224', 'HmacSHA256', 'HmacSHA384', 'HmacSHA512'],
  ),
  checkpointKeyFile: textEntry({
    key: 'checkpoint.encryption.keyFile',
    doc: 'A file that the driver reads when the session starts: with it the state that streams keep in checkpoints is encrypted. Its first line is the key, 64 hexadecimal digits as `openssl rand -hex 32` prints them; older keys, by which state is still read, may follow, a line each. Whoever loses the key loses the state.',
    defaultText: '',
  }),
} as const
