import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { batches } from './batches'
import type { Outbox } from './outbox'
import { encode, type Message } from './protocol'

/** The root text of every note. */
const TEXT = 'content'
/** Changes of one tick, and what is too much for one frame, are merged up to this size. */
const BATCH_BYTES = 262_144

/** Origin of transactions that bring in what this device kept. */
export const FROM_DEVICE = Symbol('from this device')
/** Origin of transactions that bring in what the server sent. */
export const FROM_SERVER = Symbol('from the server')

/** Where a provider's frames go; false when there is no open socket. */
export type Send = (frame: Uint8Array) => boolean

/**
 * One Yjs document and its presence, bound to an outbox and, while a socket is open, to the server.
 *
 * Its Yjs client id is new for every document and page load, never taken up again: a client id may only be used by who
 * holds all that was ever made under it, and a crash between sending and storing would break that. It costs nothing on
 * load, because a client id enters the state vector with its first insertion.
 */
export class Provider {
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText(TEXT)
  readonly awareness = new Awareness(this.doc)
  /** The largest update that the server takes, in bytes. */
  updateLimit = Number.POSITIVE_INFINITY
  #canWrite = true
  #synced = false
  /** SyncStep2 and Update frames sent on the present socket. */
  #sent = 0
  /** The server's state vector was answered on the present socket; before that an update might hang in the air. */
  #answered = false
  #queue: Uint8Array[] = []
  #presenceDue = false
  #flushDue = false

  constructor(
    readonly outbox: Outbox,
    private readonly send: Send,
    private readonly syncedNow: () => void,
  ) {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => this.#changed(update, origin))
    this.awareness.on('update', (change: PresenceChange) => this.#presenceChanged(change))
  }

  /** The server's text has arrived at least once. */
  get synced(): boolean {
    return this.#synced
  }

  /** A viewer's changes are kept, never sent. */
  set canWrite(allowed: boolean) {
    this.#canWrite = allowed
    if (allowed && this.#answered) this.#sendOutbox()
  }

  /** Brings in what this device holds and was not seen here yet. @returns the draft kept from an earlier session */
  async adopt(): Promise<string | null> {
    const { copy, unsent, draft } = await this.outbox.adopt()
    const updates = [...(copy && !this.#synced ? [copy] : []), ...unsent.map((entry) => entry.update)]
    if (updates.length > 0) Y.transact(this.doc, () => this.#applyOwn(updates), FROM_DEVICE)
    return draft
  }

  opened(): void {
    this.#reset()
    this.send(encode({ type: 'step1', vector: Y.encodeStateVector(this.doc) }))
    // With a new clock, or those who saw this presence go would take it for the old one.
    const presence = this.awareness.getLocalState()
    if (presence !== null) this.awareness.setLocalState(presence)
  }

  lost(): void {
    this.#reset()
    const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.awareness.clientID)
    removeAwarenessStates(this.awareness, others, FROM_SERVER)
    // Their clocks too: who stayed will be told of again with the same one.
    for (const id of others) this.awareness.meta.delete(id)
  }

  /** @throws when the message's bytes are not what Yjs expects */
  receive(message: Message): void {
    switch (message.type) {
      case 'step1':
        return this.#answer(message.vector)
      case 'step2':
        Y.applyUpdate(this.doc, message.update, FROM_SERVER)
        return this.#markSynced()
      case 'update':
        return Y.applyUpdate(this.doc, message.update, FROM_SERVER)
      case 'awareness':
        return applyAwarenessUpdate(this.awareness, message.update, FROM_SERVER)
      case 'query-awareness':
        return this.#sendPresence()
      case 'saved':
        return this.outbox.durable(message.frames)
    }
  }

  /** Moves the changes of this tick to the outbox and sends them where that is allowed. */
  flush(): void {
    for (const update of batches(this.#queue.splice(0), this.#batchBytes)) this.submit(update)
    if (this.#presenceDue) this.#sendPresence()
  }

  /** Keeps one change of this document and sends it. @param written its id, where it is being written already */
  submit(update: Uint8Array, written?: Promise<number | null>): void {
    this.outbox.add(update, written)
    if (this.#answered && this.#canWrite) this.#sendUpdate(update)
  }

  /** Takes the changes of this tick out of the way of `flush`. */
  takeQueue(): Uint8Array | null {
    const updates = this.#queue.splice(0)
    return updates.length === 0 ? null : Y.mergeUpdates(updates)
  }

  destroy(): void {
    this.flush()
    this.awareness.setLocalState(null)
    this.#sendPresence()
    this.doc.destroy()
  }

  get #batchBytes(): number {
    return Math.min(BATCH_BYTES, this.updateLimit)
  }

  #reset(): void {
    this.#sent = 0
    this.#answered = false
    this.outbox.forgetFrames()
  }

  #markSynced(): void {
    if (this.#synced) return
    this.#synced = true
    this.syncedNow()
  }

  #applyOwn(updates: Uint8Array[]): void {
    for (const update of updates) Y.applyUpdate(this.doc, update, FROM_DEVICE)
  }

  #changed(update: Uint8Array, origin: unknown): void {
    if (origin === FROM_DEVICE || origin === FROM_SERVER) return
    this.#queue.push(update)
    this.outbox.expect()
    this.#flushSoon()
  }

  #presenceChanged({ added, updated, removed }: PresenceChange): void {
    if (![added, updated, removed].some((ids) => ids.includes(this.awareness.clientID))) return
    this.#presenceDue = true
    this.#flushSoon()
  }

  /** At the end of this tick: several changes become one frame, and a cursor follows the text that it stands in. */
  #flushSoon(): void {
    if (this.#flushDue) return
    this.#flushDue = true
    queueMicrotask(() => {
      this.#flushDue = false
      this.flush()
    })
  }

  /** Sends what the server lacks, all that waits in the outbox among it. */
  #answer(vector: Uint8Array): void {
    this.flush()
    this.#answered = true
    if (!this.#canWrite) return
    const missing = Y.encodeStateAsUpdate(this.doc, vector)
    if (missing.length > this.updateLimit) return this.#sendOutbox()
    const frame = this.#count(encode({ type: 'step2', update: missing }))
    if (frame !== null) this.outbox.carriedBy(frame)
  }

  #sendOutbox(): void {
    for (const update of batches(this.outbox.updates, this.#batchBytes)) this.#sendFrame(update)
    this.outbox.carriedBy(this.#sent)
  }

  #sendUpdate(update: Uint8Array): void {
    const frame = this.#sendFrame(update)
    if (frame !== null) this.outbox.restCarriedBy(frame)
  }

  #sendFrame(update: Uint8Array): number | null {
    return this.#count(encode({ type: 'update', update }))
  }

  /** @returns the frame's number on this socket, counted as the server counts it */
  #count(frame: Uint8Array): number | null {
    if (!this.send(frame)) return null
    this.#sent += 1
    return this.#sent
  }

  #sendPresence(): void {
    this.#presenceDue = false
    this.send(encode({ type: 'awareness', update: encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]) }))
  }
}

type PresenceChange = { added: number[]; updated: number[]; removed: number[] }
