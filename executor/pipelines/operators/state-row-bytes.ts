import { KEYED_ROW_BYTES } from '../../kernels/interface/keyed-state.js'
import { DIRECTORY_ENTRY_SHIFT } from '../../kernels/interface/rows.js'
import { ADDRESS_BYTES } from './kept-layout.js'

/**
 * What a state takes for a row beside its bytes, where each comes with a new key: the header of its cell, places in a directory that has just doubled and in the one before,
 * which is there meanwhile, and as much for the list of the cells that the batch touched.
 */
export const STATE_ROW_BYTES = KEYED_ROW_BYTES + 5 * (1 << DIRECTORY_ENTRY_SHIFT) + 3 * ADDRESS_BYTES
