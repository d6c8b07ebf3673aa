/** What classes of the user are made of whose objects keep state: they get at it by a handle, which the engine gives to the constructor. */
export class ProcessorBase<H> {
  readonly #handle: H

  constructor(handle: H) {
    this.#handle = handle
  }

  getHandle(): H {
    return this.#handle
  }
}
