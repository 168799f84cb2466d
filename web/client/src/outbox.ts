import type { Clock } from './clock'
import { type LocalNote, MemoryStore, type OutboxStore, type Replacement } from './store'

/** One change that was made here and is not known to be durable on the server. */
type Entry = {
  update: Uint8Array
  madeAt: number
  /** The frame of the present socket that carries it; null while it has not been sent there. */
  frame: number | null
  /** Its id in the store, once written; null where the store failed. */
  id: Promise<number | null>
}

const EMPTY: LocalNote = { copy: null, unsent: [], draft: null }

/**
 * The changes of one note that wait for the server, in memory and on this device. A store that fails once is not relied
 * on again: the changes stay in memory and `persistent` says so.
 */
export class Outbox {
  #entries: Entry[] = []
  #store: OutboxStore
  #failed = false
  #expectedAt: number | null = null
  readonly #known = new Set<number>()

  constructor(
    store: OutboxStore,
    private readonly document: string,
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {
    this.#store = store
  }

  get changes(): number {
    return this.#entries.length + (this.#expectedAt === null ? 0 : 1)
  }

  /** Since when the oldest change has waited; 0 when none does. */
  get since(): number {
    return this.#entries[0]?.madeAt ?? this.#expectedAt ?? 0
  }

  get persistent(): boolean {
    return this.#store.persistent && !this.#failed
  }

  get updates(): Uint8Array[] {
    return this.#entries.map((entry) => entry.update)
  }

  /**
   * What this device holds that this outbox has not seen: at the first call the whole note, later what other tabs left
   * behind. The unsent changes among it become this outbox's own. No lock is needed for that: an entry is removed only
   * once the server has it, so two tabs that hold the same one can at worst send it twice, which the server ignores.
   */
  async adopt(): Promise<LocalNote> {
    const note = await this.#load()
    const unsent = note.unsent.filter(({ id }) => !this.#known.has(id))
    for (const { id, update } of unsent) this.#remember(update, Promise.resolve(id))
    if (unsent.length > 0) this.changed()
    return { ...note, unsent }
  }

  /** A change was made and is added at the end of this tick: nothing is saved from now on. */
  expect(): void {
    if (this.#expectedAt !== null) return
    this.#expectedAt = this.clock.now()
    this.changed()
  }

  /** Keeps a change until `durable` covers it. @param written its id, where it is being written already */
  add(update: Uint8Array, written = this.#append(update)): void {
    this.#expectedAt = null
    this.#remember(update, written)
    this.changed()
  }

  /** Everything that waits is carried by this frame (and the ones before it). */
  carriedBy(frame: number): void {
    for (const entry of this.#entries) entry.frame = frame
  }

  /** The changes that were not sent yet are carried by this frame. */
  restCarriedBy(frame: number): void {
    for (const entry of this.#entries) entry.frame ??= frame
  }

  /** The socket is gone, and with it the numbers of its frames. */
  forgetFrames(): void {
    for (const entry of this.#entries) entry.frame = null
  }

  /** The server says that the first `frames` frames of this socket are durable. */
  durable(frames: number): void {
    const done = this.#entries.filter(({ frame }) => frame !== null && frame <= frames)
    if (done.length === 0) return
    this.#entries = this.#entries.filter((entry) => !done.includes(entry))
    void this.#attempt(async () => this.#store.remove(this.document, await idsOf(done)), undefined)
    this.changed()
  }

  async saveCopy(copy: Uint8Array): Promise<void> {
    await this.#attempt(() => this.#store.saveCopy(this.document, copy), undefined)
  }

  async saveDraft(draft: string | null): Promise<void> {
    await this.#attempt(() => this.#store.saveDraft(this.document, draft), undefined)
  }

  async forget(): Promise<void> {
    await this.#attempt(() => this.#store.forget(this.document), undefined)
  }

  /** Gives every change up in favour of `replacement`, in one step on the device. */
  async replace(replacement: Omit<Replacement, 'remove'>): Promise<number | null> {
    const given = this.#entries
    this.#entries = []
    const write = async () => this.#store.replace(this.document, { ...replacement, remove: await idsOf(given) })
    return this.#attempt(write, null)
  }

  /** Waits for what is being written. */
  async settled(): Promise<void> {
    await idsOf(this.#entries)
  }

  async #load(): Promise<LocalNote> {
    await this.settled()
    try {
      return await this.#store.load(this.document)
    } catch {
      this.#store = new MemoryStore()
      this.changed()
      return EMPTY
    }
  }

  #append(update: Uint8Array): Promise<number | null> {
    return this.#attempt<number | null>(() => this.#store.append(this.document, update), null)
  }

  #remember(update: Uint8Array, id: Promise<number | null>): void {
    this.#entries.push({ update, madeAt: this.clock.now(), frame: null, id })
    void id.then((known) => known !== null && this.#known.add(known))
  }

  async #attempt<T>(write: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await write()
    } catch {
      this.#failed = true
      this.changed()
      return otherwise
    }
  }
}

async function idsOf(entries: Entry[]): Promise<number[]> {
  const ids = await Promise.all(entries.map((entry) => entry.id))
  return ids.filter((id) => id !== null)
}
