import { BINARY, STRING } from '../../../columnar/types.js'
import { literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { between, type CallSite, type FunctionTable, helped, operands, tried } from './definition.js'

const NO_BYTES = literal(BINARY, new Uint8Array())
const GCM = literal(STRING, 'GCM')
const DEFAULT_PADDING = literal(STRING, 'DEFAULT')

function encrypted(args: readonly Expression[], site: CallSite): Expression {
  const run = { by: 'host', name: 'ciphers.encrypt', label: site.name, raises: true } as const
  const types = [BINARY, BINARY, STRING, STRING, BINARY, BINARY]
  const given = operands(types, args, [GCM, DEFAULT_PADDING, NO_BYTES, NO_BYTES], site)
  return routineCall(run, BINARY, given, site.origin)
}

function decrypted(args: readonly Expression[], site: CallSite): Expression {
  const run = { by: 'host', name: 'ciphers.decrypt', label: site.name, raises: true } as const
  const given = operands([BINARY, BINARY, STRING, STRING, BINARY], args, [GCM, DEFAULT_PADDING, NO_BYTES], site)
  return routineCall(run, BINARY, given, site.origin)
}

const DECRYPTING = '(bytes, key[, mode[, padding[, aad]]])'

export const CIPHERS: FunctionTable = {
  aes_encrypt: helped(
    '(bytes, key[, mode[, padding[, iv[, aad]]]])',
    'Bytes or a text encrypted by AES with a key of 16, 24 or 32 bytes. Modes are GCM, CBC and ECB; CBC and ECB pad by PKCS, GCM does not. An IV that is not given is drawn by chance.',
    [
      ["base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB', 'PKCS'))", '3lmwu+Mw0H3fi5NDvcu9lg=='],
      [
        "hex(aes_encrypt('Spark', 'abcdefghijklmnop12345678ABCDEFGH', 'CBC', 'PKCS', unhex('00000000000000000000000000000000')))",
        '00000000000000000000000000000000F49DE265B2319E6686F8E200F4099DF8',
      ],
    ],
    between(2, 6, encrypted),
    { printed: { defaults: { count: 6, last: ['GCM', 'DEFAULT', '', ''] } } },
  ),
  aes_decrypt: helped(
    DECRYPTING,
    'What `aes_encrypt` encrypted.',
    [
      [
        "cast(aes_decrypt(unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A94'), '0000111122223333') as string)",
        'Spark',
      ],
    ],
    between(2, 5, decrypted),
    { printed: { defaults: { count: 5, last: ['GCM', 'DEFAULT', ''] } } },
  ),
  try_aes_decrypt: helped(
    DECRYPTING,
    'The same, but NULL where that raises.',
    [["try_aes_decrypt(X'00', '0000111122223333')", 'NULL']],
    tried(between(2, 5, decrypted)),
    { printed: { defaults: { count: 5, last: ['GCM', 'DEFAULT', ''] } } },
  ),
}
