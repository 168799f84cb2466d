import type { LocalNote, OutboxStore, Replacement, UnsentUpdate } from './store'

const COPIES = 'copies'
const UNSENT = 'unsent'
const DRAFTS = 'drafts'
const BY_DOCUMENT = 'document'
/** A database that another tab blocks, or a broken profile, may never answer: the editor does not wait for it. */
const OPEN_MS = 3_000

type UnsentRow = { id: number; document: string; update: Uint8Array }

/**
 * Keeps notes in this origin's IndexedDB: a copy per note, and the unsent updates in the order they were made.
 * Nothing is opened before the first use; where storage is denied, every method rejects.
 */
export class IndexedDbStore implements OutboxStore {
  readonly persistent = true
  #database: Promise<IDBDatabase> | null = null

  constructor(
    private readonly factory: () => IDBFactory = () => globalThis.indexedDB,
    private readonly name = 'sticky',
  ) {}

  async load(document: string): Promise<LocalNote> {
    const stores = await this.#begin('readonly')
    const [copy, rows, draft] = await Promise.all([
      result<Uint8Array | undefined>(stores(COPIES).get(document)),
      result<UnsentRow[]>(stores(UNSENT).index(BY_DOCUMENT).getAll(document)),
      result<string | undefined>(stores(DRAFTS).get(document)),
    ])
    return {
      copy: copy ?? null,
      unsent: rows.map(({ id, update }): UnsentUpdate => ({ id, update })),
      draft: draft ?? null,
    }
  }

  async append(document: string, update: Uint8Array): Promise<number> {
    return this.#write(async (stores) => Number(await result(stores(UNSENT).add({ document, update }))))
  }

  async remove(_document: string, ids: number[]): Promise<void> {
    if (ids.length > 0) await this.#write(async (stores) => removeAll(stores, ids))
  }

  async saveCopy(document: string, copy: Uint8Array): Promise<void> {
    await this.#write(async (stores) => result(stores(COPIES).put(copy, document)))
  }

  async saveDraft(document: string, draft: string | null): Promise<void> {
    await this.#write(async (stores) => putOrDelete(stores(DRAFTS), document, draft))
  }

  async replace(document: string, { remove, copy, update, draft }: Replacement): Promise<number | null> {
    return this.#write(async (stores) => {
      removeAll(stores, remove)
      putOrDelete(stores(COPIES), document, copy)
      putOrDelete(stores(DRAFTS), document, draft)
      return update && Number(await result(stores(UNSENT).add({ document, update })))
    })
  }

  async forget(document: string): Promise<void> {
    await this.#write(async (stores) => {
      const ids = await result(stores(UNSENT).index(BY_DOCUMENT).getAllKeys(document))
      removeAll(stores, ids)
      stores(COPIES).delete(document)
      stores(DRAFTS).delete(document)
    })
  }

  /** The notes that it keeps nothing of but a copy: whatever was written here is on the server. */
  async copies(): Promise<string[]> {
    const stores = await this.#begin('readonly')
    const [copies, unsent, drafts] = await Promise.all([
      result(stores(COPIES).getAllKeys()),
      result<UnsentRow[]>(stores(UNSENT).getAll()),
      result(stores(DRAFTS).getAllKeys()),
    ])
    const kept = new Set([...drafts, ...unsent.map(({ document }) => document)])
    return copies.filter((document) => !kept.has(document)).map(String)
  }

  /** Whether anything that was written here is not known to be durable on the server. */
  async holdsUnsent(): Promise<boolean> {
    const stores = await this.#begin('readonly')
    return (await result(stores(UNSENT).count())) > 0
  }

  /** Deletes everything it keeps of every note: what is done when a person leaves a device. */
  async forgetAll(): Promise<void> {
    await this.#write(async (stores) => {
      for (const name of [COPIES, UNSENT, DRAFTS]) stores(name).clear()
    })
  }

  /** Resolves when the transaction has committed, not merely when its last request has succeeded. */
  async #write<T>(body: (stores: Stores) => Promise<T>): Promise<T> {
    const stores = await this.#begin('readwrite')
    const committed = commit(stores.transaction)
    const [value] = await Promise.all([body(stores), committed])
    return value
  }

  async #begin(mode: IDBTransactionMode): Promise<Stores> {
    this.#database ??= this.#open()
    const transaction = (await this.#database).transaction([COPIES, UNSENT, DRAFTS], mode)
    return Object.assign((name: string) => transaction.objectStore(name), { transaction })
  }

  async #open(): Promise<IDBDatabase> {
    const request = this.factory().open(this.name, 1)
    request.onupgradeneeded = () => createStores(request.result)
    const database = await withinTime(result(request))
    database.onversionchange = () => this.#close(database)
    database.onclose = () => this.#close(database)
    return database
  }

  /** A newer version of the app in another tab wants to upgrade, or the browser took the storage away. */
  #close(database: IDBDatabase): void {
    database.close()
    this.#database = null
  }
}

type Stores = ((name: string) => IDBObjectStore) & { transaction: IDBTransaction }

function createStores(database: IDBDatabase): void {
  database.createObjectStore(COPIES)
  database.createObjectStore(DRAFTS)
  database.createObjectStore(UNSENT, { keyPath: 'id', autoIncrement: true }).createIndex(BY_DOCUMENT, 'document')
}

function removeAll(stores: Stores, ids: IDBValidKey[]): void {
  for (const id of ids) stores(UNSENT).delete(id)
}

function putOrDelete(store: IDBObjectStore, key: string, value: unknown): void {
  if (value === null) store.delete(key)
  else store.put(value, key)
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function commit(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the local storage did not answer')), OPEN_MS)
    work.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}
