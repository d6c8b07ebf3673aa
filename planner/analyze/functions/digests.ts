import { BIGINT, BINARY, BOOLEAN, type DataType, hasVariants, INT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { type HashedAs, hashedAs, hashedBits, MURMUR_KERNELS, MURMUR_SEED } from '../../plan/expression/hash-bits.js'
import { partsOfInterval } from './calendar-intervals.js'
import {
  between,
  type CallSite,
  collated,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernel,
  kernelCall,
} from './definition.js'
import { madeLambda, madeVariables } from './made-lambdas.js'

/** A family of hashes: its kernels, its type and what it starts from. */
interface Hash {
  readonly kernels: Readonly<Record<HashedAs, string>>
  readonly type: DataType
  readonly seed: Expression
}

const MURMUR: Hash = {
  kernels: MURMUR_KERNELS,
  type: INT,
  seed: literal(INT, MURMUR_SEED),
}
const XX_HASH: Hash = {
  kernels: { int: 'xxHashInt', long: 'xxHashLong', decimal: 'xxHashDecimal', bytes: 'xxHashBytes' },
  type: BIGINT,
  seed: literal(BIGINT, 42n),
}

/** The hash of a value that goes on from another one. */
function hashOn(hash: Hash, seed: Expression, value: Expression, site: CallSite): Expression {
  const { type } = value
  if (type.kind === 'void') return seed
  if (type.kind === 'struct')
    return type.fields.reduce((on, _, i) => hashOn(hash, on, fieldOf(value, type.fields, i), site), seed)
  if (type.kind === 'array') return hashOfElements(hash, seed, value, type.element, site)
  if (type.kind === 'interval')
    return partsOfInterval(value, site).reduce((on, part) => hashOn(hash, on, part, site), seed)
  const as = hashedAs(type)
  if (as === undefined)
    throw new MillraceError(
      'DATATYPE_MISMATCH.HASH_MAP_TYPE',
      { functionName: quotedName(site.name), sqlExpr: site.sql },
      { origin: site.origin },
    )
  const isNull = call('is_null', BOOLEAN, [value])
  return kernelCall(hash.kernels[as], hash.type, [hashedBits(value, site.name), isNull, seed], site, {
    takesNull: true,
  })
}

/** That of an array goes on from element to element; a NULL, too, leaves it as it is. */
function hashOfElements(hash: Hash, seed: Expression, value: Expression, type: DataType, site: CallSite): Expression {
  const [state, element] = madeVariables([hash.type, type], [seed, value])
  const next = madeLambda([state!, element!], hashOn(hash, state!, element!, site))
  const operands = [value, seed, next, madeLambda([state!], state!)]
  const last = call('aggregate', hash.type, operands, { origin: site.origin, nullable: true })
  return call('coalesce', hash.type, [last, seed])
}

const hashOf = (hash: Hash): FunctionDefinition =>
  between(1, Number.POSITIVE_INFINITY, (args, site) => {
    if (args.some(({ type }) => hasVariants(type))) {
      const parameters = { sqlExpr: site.sql, functionName: quotedName(site.name) }
      throw new MillraceError('DATATYPE_MISMATCH.HASH_VARIANT_TYPE', parameters, { origin: site.origin })
    }
    return args.reduce((seed, arg) => hashOn(hash, seed, arg, site), hash.seed)
  })

const SHA1 = helped(
  '(bytes)',
  'The SHA-1 digest of bytes or of a text, in hexadecimal digits.',
  [["sha1('Spark')", '85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c']],
  kernel('textSha1', STRING, [BINARY]),
)

export const DIGESTS: FunctionTable = collated('plain', {
  crc32: helped(
    '(bytes)',
    'The checksum CRC-32 of bytes or of a text.',
    [["crc32('Spark')", '1557323817']],
    kernel('bytesCrc32', BIGINT, [BINARY]),
  ),
  hash: helped(
    '(value, …)',
    'A hash of values of any types, by Murmur3. NULLs do not change it.',
    [["hash('Spark', 123, NULL)", '1262264271']],
    hashOf(MURMUR),
  ),
  md5: helped(
    '(bytes)',
    'The MD5 digest of bytes or of a text, in hexadecimal digits.',
    [["md5('Spark')", '8cde774d6f7333752ed72cacddb05126']],
    kernel('textMd5', STRING, [BINARY]),
  ),
  sha: SHA1,
  sha1: SHA1,
  sha2: helped(
    '(bytes, bits)',
    'The SHA-2 digest of 224, 256, 384 or 512 bits (0: 256), in hexadecimal digits; NULL for other sizes.',
    [["sha2('Spark', 224)", 'dbeab94971678d36af2195851c0f7485775a2a7c60073d62fc04549c']],
    kernel('textSha2', STRING, [BINARY, INT], [], { givesNull: true }),
  ),
  xxhash64: helped(
    '(value, …)',
    'A hash of 64 bits of values of any types, by XXH64. NULLs do not change it.',
    [["xxhash64('Spark', 123, NULL)", '-7770970918500510695']],
    hashOf(XX_HASH),
  ),
})
