import * as Y from 'yjs'
import type { Clock } from './clock'
import type { Outbox } from './outbox'

/** Writing a whole note costs more than writing a change; the changes are in the outbox meanwhile. */
const WRITE_AFTER_MS = 2_000

/** Keeps this device's copy of a document current: written a moment after a change, and when asked. */
export class LocalCopy {
  #cancelTimer = () => {}
  #due = false

  constructor(
    private readonly doc: Y.Doc,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    doc.on('update', () => this.#touch())
  }

  async write(): Promise<void> {
    this.#cancelTimer()
    if (!this.#due) return
    this.#due = false
    await this.outbox.saveCopy(Y.encodeStateAsUpdate(this.doc))
  }

  /** From now on nothing is written. */
  stop(): void {
    this.#cancelTimer()
    this.#due = false
    this.#touch = () => {}
  }

  #touch = (): void => {
    if (this.#due) return
    this.#due = true
    this.#cancelTimer = this.clock.after(WRITE_AFTER_MS, () => void this.write())
  }
}
