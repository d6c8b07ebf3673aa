// Columns of texts as codes, two bytes each: which of the texts of a dictionary a row has.
import {
  TEXT_DICTIONARY_DIRECTORY,
  TEXT_DICTIONARY_ENTRIES,
  TEXT_DICTIONARY_REFS,
  TEXT_DICTIONARY_SLOTS,
  TEXT_DICTIONARY_TEXT_BYTES,
  TEXT_DICTIONARY_TEXTS,
  TEXT_DICTIONARY_USED,
} from '../../interface/text-dictionary'
import { bytesEqual } from '../bytes'
import { hashBytes } from '../rows/hash'

const MORE_THAN_ALL: u32 = 0xffff_ffff

/** The code of a text, which becomes the next one when it is new. `MORE_THAN_ALL` when there would be more than `most`, or more bytes than there is room for. */
function codeOf(dictionary: usize, at: usize, length: i32, most: u32): u32 {
  const refs = dictionary + TEXT_DICTIONARY_REFS
  let slot = <usize>hashBytes(at, length) & (TEXT_DICTIONARY_SLOTS - 1)
  while (true) {
    const place = dictionary + TEXT_DICTIONARY_DIRECTORY + (slot << 1)
    const code = <u32>load<u16>(place) - 1
    if (code == MORE_THAN_ALL) return addText(dictionary, place, at, length, most)
    const ref = load<u64>(refs + (<usize>code << 3))
    if (<i32>(ref >> 32) == length && bytesEqual(<usize>(<u32>ref), at, length)) return code
    slot = (slot + 1) & (TEXT_DICTIONARY_SLOTS - 1)
  }
}

function addText(dictionary: usize, place: usize, at: usize, length: i32, most: u32): u32 {
  const code = load<u32>(dictionary, TEXT_DICTIONARY_ENTRIES)
  const used = load<u32>(dictionary, TEXT_DICTIONARY_USED)
  if (code >= most || <u32>length > <u32>TEXT_DICTIONARY_TEXT_BYTES - used) return MORE_THAN_ALL
  const text = dictionary + TEXT_DICTIONARY_TEXTS + used
  memory.copy(text, at, length)
  store<u64>(dictionary + TEXT_DICTIONARY_REFS + (<usize>code << 3), <u64>(<u32>text) | (<u64>length << 32))
  store<u16>(place, <u16>(code + 1))
  store<u32>(dictionary, code + 1, TEXT_DICTIONARY_ENTRIES)
  store<u32>(dictionary, used + length, TEXT_DICTIONARY_USED)
  return code
}

/** Writes the codes of texts, which refs tell; 0 when the dictionary may not have that many texts. What it has got by then stays. */
export function textCodes(dictionary: usize, refs: usize, rows: u32, most: u32, codes: usize): i32 {
  const end = refs + (<usize>rows << 3)
  for (; refs < end; refs += 8, codes += 2) {
    const ref = load<u64>(refs)
    const code = codeOf(dictionary, <usize>(<u32>ref), <i32>(ref >> 32), most)
    if (code == MORE_THAN_ALL) return 0
    store<u16>(codes, <u16>code)
  }
  return 1
}

/** Copies the texts of a dictionary to where they stay: a ref for each code, and behind these their bytes. */
export function textCodesCopy(dictionary: usize, out: usize): void {
  const entries: usize = load<u32>(dictionary, TEXT_DICTIONARY_ENTRIES)
  const texts = out + (entries << 3)
  memory.copy(texts, dictionary + TEXT_DICTIONARY_TEXTS, load<u32>(dictionary, TEXT_DICTIONARY_USED))
  const moved = <u32>(texts - dictionary - TEXT_DICTIONARY_TEXTS)
  for (let i: usize = 0; i < entries; i++) {
    const ref = load<u64>(dictionary + TEXT_DICTIONARY_REFS + (i << 3))
    store<u64>(out + (i << 3), <u64>(<u32>ref + moved) | ((ref >> 32) << 32))
  }
}

/** Writes the refs that codes stand for. */
export function textsOfCodes(codes: usize, rows: u32, refs: usize, out: usize): void {
  const end = codes + (<usize>rows << 1)
  for (; codes < end; codes += 2, out += 8) store<u64>(out, load<u64>(refs + (<usize>load<u16>(codes) << 3)))
}

/** The same of the rows listed (u32 each), each at the place of its row. */
export function textsOfCodesAt(codes: usize, list: usize, count: u32, refs: usize, out: usize): void {
  const end = list + (<usize>count << 2)
  for (; list < end; list += 4) {
    const row: usize = load<u32>(list)
    store<u64>(out + (row << 3), load<u64>(refs + (<usize>load<u16>(codes + (row << 1)) << 3)))
  }
}
