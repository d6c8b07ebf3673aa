const SETTERS = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set')) as (keyof Date)[]

/** Makes the setters of a subclass of Date, `setTime` to `setUTCHours`, forget what the subclass knows beyond the Date. */
export function followSetters<D extends Date>(type: new (value: number) => D, forget: (date: D) => void): void {
  for (const name of SETTERS) {
    const set = Date.prototype[name] as (...args: readonly number[]) => number
    const value = function (this: D, ...args: readonly number[]): number {
      forget(this)
      return Reflect.apply(set, this, args)
    }
    Object.defineProperty(type.prototype, name, { value, writable: true, configurable: true })
  }
}
