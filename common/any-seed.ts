import { randomInt } from 'node:crypto'

const MAX_SEED = 2 ** 32

/** A seed for what is random and told none; drawn once, so that it is the same whenever it is computed again. */
export const anySeed = (): bigint => BigInt(randomInt(MAX_SEED))
