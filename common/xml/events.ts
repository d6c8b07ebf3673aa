import type { XmlNode } from './packages.js'
import { childrenOf, isElement, isText } from './parts.js'

/** What a parser meets one after the other. */
export type XmlEvent =
  | { readonly kind: 'start'; readonly element: XmlNode }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'end' }

const END: XmlEvent = { kind: 'end' }

/** The content of an element as events, read one after the other; behind all of them everything ends. */
export class XmlEvents {
  readonly #events: XmlEvent[] = []
  /** The place behind the end of each element. */
  readonly #behind = new Map<XmlNode, number>()
  #at = 0

  constructor(root: XmlNode) {
    this.#add(root)
  }

  peek(): XmlEvent {
    return this.#events[this.#at] ?? END
  }

  next(): XmlEvent {
    const event = this.peek()
    this.#at++
    return event
  }

  /** Goes on behind the end of an element. */
  leave(element: XmlNode): void {
    this.#at = this.#behind.get(element)!
  }

  /** Texts and sections of characters beside each other are one text. */
  #add(element: XmlNode): void {
    let text = ''
    const flush = (): void => {
      if (text !== '') this.#events.push({ kind: 'text', text })
      text = ''
    }
    for (const child of childrenOf(element)) {
      if (isText(child)) text += child.nodeValue!
      else {
        flush()
        if (!isElement(child)) continue
        this.#events.push({ kind: 'start', element: child })
        this.#add(child)
      }
    }
    flush()
    this.#events.push(END)
    this.#behind.set(element, this.#events.length)
  }
}
