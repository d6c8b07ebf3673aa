/** True only where both types are the same, modifiers included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Does not compile for `false`; files under `test/types` are checked by the build and never run. */
export function holds<_T extends true>(): void {}
