// Digests in hexadecimal digits: MD5 (RFC 1321) and the SHA family (FIPS 180-4).
import { ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { beginText, endText } from './text'

const MD5 = 0
const SHA1 = 1
const SHA256 = 2
const SHA512 = 3

/** The parts of 2^32 that sines of whole numbers are. */
const SINES: usize = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af,
  0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
  0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
  0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
  0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
  0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
  0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
])
/** Bits behind the point of the cube roots of the first primes; SHA-256 has the first half of each. */
const CUBE_ROOTS: usize = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
  0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
  0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
  0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
  0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
  0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
  0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
  0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
])
/** The same of the square roots: SHA-256 and SHA-512 begin with those of the first eight primes, SHA-224 (second halves) and SHA-384 with the others. */
const SQUARE_ROOTS: usize = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
  0x1f83d9abfb41bd6b, 0x5be0cd19137e2179, 0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
  0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
])
const ROOTS_OF_SHORT: usize = SQUARE_ROOTS + 64

/** The numbers of a vector's bytes, and the digits of numbers below sixteen. */
const LANES: v128 = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
const HEX_DIGITS: v128 = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102)

const STATE: usize = memory.data(64, 16)
const WORDS: usize = memory.data(640, 16)
const TAIL: usize = memory.data(256, 16)

@inline
function md5Step(mix: u32, a: u32, b: u32, word: u32, i: u32, turn: u32): u32 {
  return b + rotl<u32>(a + mix + word + load<u32>(SINES + (<usize>i << 2)), turn)
}

@inline
function wordOf(block: usize, index: u32): u32 {
  return load<u32>(block + (<usize>(index & 15) << 2))
}

function md5Block(block: usize): void {
  let a = load<u32>(STATE)
  let b = load<u32>(STATE, 4)
  let c = load<u32>(STATE, 8)
  let d = load<u32>(STATE, 12)
  for (let i: u32 = 0; i < 16; i += 4) {
    a = md5Step(d ^ (b & (c ^ d)), a, b, wordOf(block, i), i, 7)
    d = md5Step(c ^ (a & (b ^ c)), d, a, wordOf(block, i + 1), i + 1, 12)
    c = md5Step(b ^ (d & (a ^ b)), c, d, wordOf(block, i + 2), i + 2, 17)
    b = md5Step(a ^ (c & (d ^ a)), b, c, wordOf(block, i + 3), i + 3, 22)
  }
  for (let i: u32 = 16; i < 32; i += 4) {
    a = md5Step(c ^ (d & (b ^ c)), a, b, wordOf(block, 5 * i + 1), i, 5)
    d = md5Step(b ^ (c & (a ^ b)), d, a, wordOf(block, 5 * i + 6), i + 1, 9)
    c = md5Step(a ^ (b & (d ^ a)), c, d, wordOf(block, 5 * i + 11), i + 2, 14)
    b = md5Step(d ^ (a & (c ^ d)), b, c, wordOf(block, 5 * i + 16), i + 3, 20)
  }
  for (let i: u32 = 32; i < 48; i += 4) {
    a = md5Step(b ^ c ^ d, a, b, wordOf(block, 3 * i + 5), i, 4)
    d = md5Step(a ^ b ^ c, d, a, wordOf(block, 3 * i + 8), i + 1, 11)
    c = md5Step(d ^ a ^ b, c, d, wordOf(block, 3 * i + 11), i + 2, 16)
    b = md5Step(c ^ d ^ a, b, c, wordOf(block, 3 * i + 14), i + 3, 23)
  }
  for (let i: u32 = 48; i < 64; i += 4) {
    a = md5Step(c ^ (b | ~d), a, b, wordOf(block, 7 * i), i, 6)
    d = md5Step(b ^ (a | ~c), d, a, wordOf(block, 7 * i + 7), i + 1, 10)
    c = md5Step(a ^ (d | ~b), c, d, wordOf(block, 7 * i + 14), i + 2, 15)
    b = md5Step(d ^ (c | ~a), b, c, wordOf(block, 7 * i + 21), i + 3, 21)
  }
  add<u32>(0, a)
  add<u32>(4, b)
  add<u32>(8, c)
  add<u32>(12, d)
}

@inline
function add<T>(offset: usize, value: T): void {
  store<T>(STATE + offset, load<T>(STATE + offset) + value)
}

const SHA1_ROUNDS: usize = memory.data<u32>([0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6])

function sha1Block(block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(WORDS + i, bswap(load<u32>(block + i)))
  for (let at = WORDS + 64; at < WORDS + 320; at += 4)
    store<u32>(at, rotl<u32>(load<u32>(at - 12) ^ load<u32>(at - 32) ^ load<u32>(at - 56) ^ load<u32>(at - 64), 1))
  let a = load<u32>(STATE)
  let b = load<u32>(STATE, 4)
  let c = load<u32>(STATE, 8)
  let d = load<u32>(STATE, 12)
  let e = load<u32>(STATE, 16)
  for (let i: u32 = 0; i < 80; i++) {
    const round = i / 20
    const mix = round == 0 ? d ^ (b & (c ^ d)) : round == 2 ? (b & c) | (d & (b | c)) : b ^ c ^ d
    const next = rotl<u32>(a, 5) + mix + e + load<u32>(SHA1_ROUNDS + (<usize>round << 2)) + load<u32>(WORDS + (<usize>i << 2))
    e = d
    d = c
    c = rotl<u32>(b, 30)
    b = a
    a = next
  }
  add<u32>(0, a)
  add<u32>(4, b)
  add<u32>(8, c)
  add<u32>(12, d)
  add<u32>(16, e)
}

/** A turn by the first number of bits in words of 32 bits, by the second in those of 64. */
@inline
function turned<T>(word: T, of32: i32, of64: i32): T {
  return rotr<T>(word, <T>(sizeof<T>() == 4 ? of32 : of64))
}

@inline
function shifted<T>(word: T, of32: i32, of64: i32): T {
  return word >> <T>(sizeof<T>() == 4 ? of32 : of64)
}

/** Words of 64 bits are of SHA-512, of which SHA-256 is the same with fewer rounds, other turns and the first half of each constant. */
function sha2Block<T>(block: usize): void {
  const width: usize = sizeof<T>()
  const ends: usize = width == 4 ? 64 : 80
  for (let i: usize = 0; i < 16 * width; i += width) store<T>(WORDS + i, bswap<T>(load<T>(block + i)))
  for (let at = WORDS + 16 * width; at < WORDS + ends * width; at += width) {
    const early = load<T>(at - 15 * width)
    const late = load<T>(at - 2 * width)
    const s0 = turned<T>(early, 7, 1) ^ turned<T>(early, 18, 8) ^ shifted<T>(early, 3, 7)
    const s1 = turned<T>(late, 17, 19) ^ turned<T>(late, 19, 61) ^ shifted<T>(late, 10, 6)
    store<T>(at, load<T>(at - 16 * width) + s0 + load<T>(at - 7 * width) + s1)
  }
  let a = load<T>(STATE)
  let b = load<T>(STATE + width)
  let c = load<T>(STATE + 2 * width)
  let d = load<T>(STATE + 3 * width)
  let e = load<T>(STATE + 4 * width)
  let f = load<T>(STATE + 5 * width)
  let g = load<T>(STATE + 6 * width)
  let h = load<T>(STATE + 7 * width)
  for (let i: usize = 0; i < ends; i++) {
    const s1 = turned<T>(e, 6, 14) ^ turned<T>(e, 11, 18) ^ turned<T>(e, 25, 41)
    const root = load<T>(CUBE_ROOTS + (i << 3) + 8 - width)
    const t1 = h + s1 + (g ^ (e & (f ^ g))) + root + load<T>(WORDS + i * width)
    const s0 = turned<T>(a, 2, 28) ^ turned<T>(a, 13, 34) ^ turned<T>(a, 22, 39)
    const t2 = s0 + ((a & b) | (c & (a | b)))
    h = g
    g = f
    f = e
    e = d + t1
    d = c
    c = b
    b = a
    a = t1 + t2
  }
  add<T>(0, a)
  add<T>(width, b)
  add<T>(2 * width, c)
  add<T>(3 * width, d)
  add<T>(4 * width, e)
  add<T>(5 * width, f)
  add<T>(6 * width, g)
  add<T>(7 * width, h)
}

function block(algorithm: i32, at: usize): void {
  if (algorithm == MD5) md5Block(at)
  else if (algorithm == SHA1) sha1Block(at)
  else if (algorithm == SHA256) sha2Block<u32>(at)
  else sha2Block<u64>(at)
}

/** So many bytes and zeros behind them, sixteen in all; behind any text as many can be read. */
@inline
function firstBytes(at: usize, count: i32): v128 {
  if (count <= 0) return i64x2.splat(0)
  return v128.and(v128.load(at), i8x16.lt_u(LANES, i8x16.splat(<i8>min(count, 16))))
}

/** Works in all bytes; behind them go a bit, zeros up to whole blocks, and the number of bits. */
function absorb(algorithm: i32, at: usize, length: i32): void {
  const size = algorithm == SHA512 ? 128 : 64
  let rest = length
  for (; rest >= size; rest -= size, at += size) block(algorithm, at)
  const end = rest + 1 + (size >> 3) <= size ? size : 2 * size
  for (let i = 0; i < end; i += 16) v128.store(TAIL + i, firstBytes(at + i, rest - i))
  store<u8>(TAIL + rest, 0x80)
  const bits = <u64>length << 3
  store<u64>(TAIL + end - 8, algorithm == MD5 ? bits : bswap(bits))
  for (let i = 0; i < end; i += size) block(algorithm, TAIL + i)
}

/** The first bytes of the state, in words of so many bytes whose last comes first. */
function giveState(bytes: i32, word: i32, out: usize): void {
  const start = beginText((bytes << 1) + 32)
  const order = v128.xor(LANES, i8x16.splat(<i8>(word - 1)))
  for (let i = 0; i < bytes; i += 16) {
    const values = i8x16.swizzle(v128.load(STATE + i), order)
    const high = i8x16.swizzle(HEX_DIGITS, i8x16.shr_u(values, 4))
    const low = i8x16.swizzle(HEX_DIGITS, v128.and(values, i8x16.splat(15)))
    v128.store(start + (i << 1), i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
    v128.store(start + (i << 1), i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16)
  }
  endText(start, start + (bytes << 1), out)
}

function beginWith(a: u32, b: u32, c: u32, d: u32): void {
  store<u32>(STATE, a)
  store<u32>(STATE, b, 4)
  store<u32>(STATE, c, 8)
  store<u32>(STATE, d, 12)
}

export function textMd5(at: usize, length: i32, out: usize): void {
  beginWith(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  absorb(MD5, at, length)
  giveState(16, 1, out)
}

export function textSha1(at: usize, length: i32, out: usize): void {
  beginWith(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  store<u32>(STATE, 0xc3d2e1f0, 16)
  absorb(SHA1, at, length)
  giveState(20, 4, out)
}

/** A digest of so many bits, of 256 for 0; NULL for sizes that there are not. */
export function textSha2(at: usize, length: i32, bits: i32, out: usize): i32 {
  const size = bits == 0 ? 256 : bits
  if (size == 384 || size == 512) {
    memory.copy(STATE, size == 512 ? SQUARE_ROOTS : ROOTS_OF_SHORT, 64)
    absorb(SHA512, at, length)
    giveState(size >> 3, 8, out)
    return ROUTINE_VALUE
  }
  if (size != 224 && size != 256) return ROUTINE_NULL
  beginSha256(size)
  absorb(SHA256, at, length)
  giveState(size >> 3, 4, out)
  return ROUTINE_VALUE
}

function beginSha256(bits: i32): void {
  for (let i: usize = 0; i < 8; i++)
    store<u32>(STATE + (i << 2), bits == 256 ? load<u32>(SQUARE_ROOTS + (i << 3), 4) : load<u32>(ROOTS_OF_SHORT + (i << 3)))
}

/** Sixteen bytes that nobody finds two inputs for: the first of SHA-256. */
export function bytesDigest(at: usize, length: i32, out: usize): void {
  beginSha256(256)
  absorb(SHA256, at, length)
  const start = beginText(16)
  v128.store(start, i8x16.swizzle(v128.load(STATE), v128.xor(LANES, i8x16.splat(3))))
  endText(start, start + 16, out)
}
