/* A dictionary of texts while it grows: counts, a directory (a u16 for each slot, one more than the code of its text, 0 for none), refs of the texts, their bytes. */
export const TEXT_DICTIONARY_ENTRIES = 0
export const TEXT_DICTIONARY_USED = 4
export const TEXT_DICTIONARY_DIRECTORY = 16
export const TEXT_DICTIONARY_SLOTS = 8192
export const TEXT_DICTIONARY_REFS = 16400
/** The most texts of a dictionary: half of the slots stay empty. */
export const TEXT_DICTIONARY_MOST = 4096
export const TEXT_DICTIONARY_TEXTS = 49168
/** The most bytes of all texts together. */
export const TEXT_DICTIONARY_TEXT_BYTES = 65536
/** With bytes behind the last text that may be touched. */
export const TEXT_DICTIONARY_BYTES = 114768
