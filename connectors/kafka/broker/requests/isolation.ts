/** The isolation level of readers that see of transactions only what was committed; others see everything. */
export const READ_COMMITTED = 1
