import { LineFile } from '../log/line-file.js'
import { OpenFiles } from '../log/open-files.js'
import { isOpen, type Transaction } from './transaction.js'

/** A producer whose transactional id was forgotten cannot go on; one that begins with it gets another producer id. */
const MAX_TRANSACTIONAL_IDS = 10_000

/** What is known of all transactional ids; the last line of each holds. When there are too many, the one that rested longest is forgotten. */
export class TransactionStore {
  readonly #limit: number
  /** In the order of their last change. */
  readonly #transactions = new Map<string, Transaction>()
  #file!: LineFile<Transaction>

  private constructor(limit: number) {
    this.#limit = limit
  }

  static async open(path: string, files = new OpenFiles(1), limit = MAX_TRANSACTIONAL_IDS): Promise<TransactionStore> {
    const store = new TransactionStore(limit)
    store.#file = await LineFile.open(path, files, {
      note: (line: Transaction) => store.#note(line),
      live: () => [...store.#transactions.values()],
    })
    return store
  }

  get(transactionalId: string): Transaction | undefined {
    return this.#transactions.get(transactionalId)
  }

  all(): readonly Transaction[] {
    return [...this.#transactions.values()]
  }

  /** Whether there is room for the id: an open transaction is never forgotten. */
  hasRoomFor(transactionalId: string): boolean {
    if (this.#transactions.size < this.#limit || this.#transactions.has(transactionalId)) return true
    return this.#resting() !== undefined
  }

  /** Holds once it is on disk. */
  put(transaction: Transaction): Promise<void> {
    return this.#file.append([transaction])
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  /** Lines that are read again forget the same ids in the same order. */
  #note(line: Transaction): void {
    const isNew = !this.#transactions.delete(line.transactionalId)
    const resting = isNew && this.#transactions.size >= this.#limit ? this.#resting() : undefined
    if (resting !== undefined) this.#transactions.delete(resting)
    this.#transactions.set(line.transactionalId, line)
  }

  #resting(): string | undefined {
    for (const [id, transaction] of this.#transactions) if (!isOpen(transaction)) return id
    return undefined
  }
}
