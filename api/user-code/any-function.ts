/** Any function of the user. */
export type AnyFunction = (...args: never[]) => unknown
/** Any class of the user. */
export type AnyClass = abstract new (...args: never[]) => object

export const isClass = (of: AnyFunction | AnyClass): of is AnyClass =>
  typeof of === 'function' && /^class\b/.test(Function.prototype.toString.call(of))
