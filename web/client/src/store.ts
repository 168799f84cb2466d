/** What this device holds of one note. */
export type LocalNote = {
  /** The note as it was when last written here; null when it never was. Only a cache: nothing unsent rests on it. */
  copy: Uint8Array | null
  /** Changes that were made here and are not known to be durable on the server, oldest first. */
  unsent: UnsentUpdate[]
  /** Text that the server refused in an earlier session. */
  draft: string | null
}

export type UnsentUpdate = { id: number; update: Uint8Array }

/** A note without the changes that the server refused; it takes their place in one step. */
export type Replacement = { remove: number[]; copy: Uint8Array | null; update: Uint8Array | null; draft: string | null }

/**
 * Keeps notes on this device, each under its document id. Several tabs may use one note at once: an unsent update may be
 * removed by any of them, because it is removed only once the server has said that it is durable (or refused it).
 * Any method may reject (storage denied, quota).
 */
export interface OutboxStore {
  /** Whether what it keeps outlives the page. */
  readonly persistent: boolean
  load(document: string): Promise<LocalNote>
  /** @returns the id to remove it by */
  append(document: string, update: Uint8Array): Promise<number>
  remove(document: string, ids: number[]): Promise<void>
  saveCopy(document: string, copy: Uint8Array): Promise<void>
  saveDraft(document: string, draft: string | null): Promise<void>
  /** @returns the id of `update`, null where there is none */
  replace(document: string, replacement: Replacement): Promise<number | null>
  /** Deletes everything it keeps of the note. */
  forget(document: string): Promise<void>
}

/** Keeps notes for as long as the page lives: for browsers that refuse storage, and for tests. */
export class MemoryStore implements OutboxStore {
  readonly #notes = new Map<string, LocalNote>()
  #nextId = 1

  /** @param persistent what to say about itself; a test that keeps one across sessions says true */
  constructor(readonly persistent = false) {}

  async load(document: string): Promise<LocalNote> {
    const note = this.#note(document)
    return { ...note, unsent: [...note.unsent] }
  }

  async append(document: string, update: Uint8Array): Promise<number> {
    const id = this.#nextId++
    this.#note(document).unsent.push({ id, update })
    return id
  }

  async remove(document: string, ids: number[]): Promise<void> {
    const note = this.#note(document)
    note.unsent = note.unsent.filter((entry) => !ids.includes(entry.id))
  }

  async saveCopy(document: string, copy: Uint8Array): Promise<void> {
    this.#note(document).copy = copy
  }

  async saveDraft(document: string, draft: string | null): Promise<void> {
    this.#note(document).draft = draft
  }

  async replace(document: string, { remove, copy, update, draft }: Replacement): Promise<number | null> {
    await this.remove(document, remove)
    this.#note(document).copy = copy
    await this.saveDraft(document, draft)
    return update && this.append(document, update)
  }

  async forget(document: string): Promise<void> {
    this.#notes.delete(document)
  }

  #note(document: string): LocalNote {
    const found = this.#notes.get(document) ?? { copy: null, unsent: [], draft: null }
    this.#notes.set(document, found)
    return found
  }
}
