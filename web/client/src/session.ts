import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { type Clock, systemClock } from './clock'
import { aftermath, isClientIdTaken } from './closing'
import { Connection, type SocketConstructor } from './connection'
import { LocalCopy } from './copy'
import { plainText, reapply, unsentEdits } from './draft'
import { IndexedDbStore } from './indexeddb'
import { DEFAULT_LIMITS, DocumentSize } from './limits'
import { browserNetwork, type Network } from './network'
import { Outbox } from './outbox'
import { decode, type Limits, type Notice, SUBPROTOCOL } from './protocol'
import { Provider } from './provider'
import { type Readable, Writable } from './readable'
import { SavedMachine } from './saved'
import type { ClosedReason, ConnectionState, Level, Status } from './status'
import type { OutboxStore } from './store'

/** How long a lost connection is called a restart before it is called offline. */
const RESTARTING_MS = 20_000
/** After this many documents in a row whose client id was taken, something else is wrong. */
const MOST_REPLACEMENTS = 3

export type SessionOptions = {
  /** The note's socket, `wss://host/collab/{documentId}`. */
  url: string
  documentId: string
  /**
   * The subprotocols of each attempt; `['sticky.v1']` when absent, which is right where a cookie says who asks.
   * May throw `FinalClose` to end the session; any other error is tried again.
   */
  protocols?: () => Promise<string[]>
  /** Added to the socket's address as its query. */
  params?: Record<string, string>
  /** Where unsent changes and the local copy are kept; this origin's IndexedDB when absent. */
  store?: OutboxStore
  WebSocket?: SocketConstructor
  clock?: Clock
  network?: Network
  /** 0 <= n < 1 */
  random?: () => number
}

/** What becomes of unsent changes when a document is given up for the server's: made again in it, or kept as text. */
type Unsent = 'reapply' | 'draft'

const INITIAL: Status = {
  connection: 'connecting',
  saving: { kind: 'saved', settled: true },
  level: null,
  title: null,
  me: null,
  closed: null,
  draft: null,
  synced: false,
}

/** One open note: its text, who is on it, and what can be said about both. */
export class NoteSession {
  readonly #status = new Writable<Status>(INITIAL)
  readonly #connection: Connection
  readonly #saved: SavedMachine
  readonly #clock: Clock
  readonly #network: Network
  readonly #store: OutboxStore
  readonly #replacedListeners = new Set<() => void>()
  #bound: Bound
  /** The document that will take the place of the present one as soon as it has the server's text. */
  #coming: (Bound & { unsent: Unsent }) | null = null
  #limits: Limits = DEFAULT_LIMITS
  /** Until then the device still holds what was given up. */
  #replaced: Promise<unknown> = Promise.resolve()
  #replacements = 0
  #liveSince: number | null = null
  #lostAt: number | null = null
  #opened = false

  constructor(private readonly options: SessionOptions) {
    this.#clock = options.clock ?? systemClock
    this.#network = options.network ?? browserNetwork
    this.#store = options.store ?? new IndexedDbStore()
    this.#saved = new SavedMachine(this.#clock, (saving) => this.#set({ saving }))
    this.#bound = this.#bind()
    this.#connection = new Connection(this.#connectionOptions(), {
      opened: () => this.#active.provider.opened(),
      received: (frame) => this.#received(frame),
      lost: () => this.#lost(),
      ended: (closed) => this.#ended(closed),
    })
  }

  get doc(): Y.Doc {
    return this.#bound.provider.doc
  }

  /** The note's Markdown. */
  get text(): Y.Text {
    return this.#bound.provider.text
  }

  get awareness(): Awareness {
    return this.#bound.provider.awareness
  }

  get status(): Readable<Status> {
    return this.#status
  }

  /** Shows this device's copy, then connects. */
  open(): void {
    if (this.#opened) return
    this.#opened = true
    this.#connection.start()
  }

  /** Attempts to connect at once instead of waiting. */
  retryNow(): void {
    this.#connection.retryNow()
  }

  /** Would the server take this insertion? A text is measured exactly, a number of UTF-16 units at its largest. */
  wouldFit(inserted: number | string): boolean {
    return this.#bound.size.fits(inserted, this.#limits)
  }

  /** `doc`, `text` and `awareness` are others from now on; the old ones take no more part. @returns unsubscribe */
  onReplaced(listener: () => void): () => void {
    this.#replacedListeners.add(listener)
    return () => this.#replacedListeners.delete(listener)
  }

  /** The person has copied the draft, or does not want it. */
  dismissDraft(): void {
    this.#set({ draft: null })
    void this.#bound.outbox.saveDraft(null)
  }

  /** Leaves; resolves when what is unsent is on this device. */
  async destroy(): Promise<void> {
    this.#coming?.provider.destroy()
    const { provider, outbox, copy } = this.#bound
    provider.flush()
    const written = Promise.all([copy.write(), outbox.settled()])
    provider.destroy()
    this.#connection.stop()
    this.#saved.stop()
    copy.stop()
    await written
  }

  get #active(): Bound {
    return this.#coming ?? this.#bound
  }

  #bind(): Bound {
    const outbox = new Outbox(this.#store, this.options.documentId, this.#clock, () => this.#judgeSaved())
    const provider: Provider = new Provider(
      outbox,
      (frame) => provider === this.#active.provider && this.#connection.send(frame),
      () => this.#synced(provider),
    )
    const size = new DocumentSize(provider.doc)
    return { outbox, provider, size, copy: new LocalCopy(provider.doc, outbox, this.#clock) }
  }

  #connectionOptions() {
    const { params, protocols, random } = this.options
    return {
      url: params ? `${this.options.url}?${new URLSearchParams(params)}` : this.options.url,
      protocols: protocols ?? (async () => [SUBPROTOCOL]),
      prepare: () => this.#adopt(),
      WebSocket: this.options.WebSocket ?? globalThis.WebSocket,
      clock: this.#clock,
      network: this.#network,
      random: random ?? Math.random,
    }
  }

  async #adopt(): Promise<void> {
    // What the device holds is what the server refused.
    if (this.#coming) return
    await this.#replaced
    const draft = await this.#bound.provider.adopt()
    if (draft !== null) this.#set({ draft })
  }

  #received(frame: Uint8Array): void {
    if (this.#status.get().connection !== 'live') this.#live()
    try {
      const message = decode(frame)
      if (message.type === 'notice') this.#notice(message.notice)
      else this.#active.provider.receive(message)
    } catch {
      // A frame that cannot be read leaves a hole; a new connection fills it.
      this.#connection.reconnect()
    }
  }

  #live(): void {
    this.#lostAt = null
    this.#liveSince = this.#clock.now()
    this.#connectionIs('live')
  }

  #lost(): void {
    this.#active.provider.lost()
    this.#lostAt ??= this.#clock.now()
    this.#connectionIs(this.#howLost())
  }

  #howLost(): ConnectionState {
    const everLive = this.#liveSince !== null
    const recent = this.#clock.now() - (this.#lostAt ?? 0) < RESTARTING_MS
    return this.#network.online && everLive && recent ? 'restarting' : 'offline'
  }

  #notice(notice: Notice): void {
    switch (notice.type) {
      case 'open':
        return this.#welcomed(notice)
      case 'renamed':
        return this.#set({ title: notice.title })
      case 'level':
        return this.#levelIs(notice.level)
      case 'trashed':
        return this.#endFromHere({ code: 4410, reason: 'in_trash' })
      case 'error':
        if (notice.code === 'client_id_taken') this.#clientIdTaken()
    }
  }

  #welcomed(notice: Extract<Notice, { type: 'open' }>): void {
    this.#connection.jitterMs = notice.reconnect?.jitter_ms ?? 0
    this.#limits = notice.limits ?? DEFAULT_LIMITS
    this.#active.provider.updateLimit = this.#limits.update
    this.#set({ title: notice.title, me: notice.principal })
    this.#levelIs(notice.level)
  }

  #levelIs(level: Level): void {
    this.#set({ level })
    this.#active.provider.canWrite = level !== 'viewer'
    if (level === 'viewer' && this.#bound.outbox.changes > 0) this.#turnIntoDraft()
  }

  #turnIntoDraft(): void {
    if (this.#coming) this.#coming.unsent = 'draft'
    else this.#replaceWith('draft')
  }

  #clientIdTaken(): void {
    this.#replacements += 1
    if (this.#replacements > MOST_REPLACEMENTS) this.#endFromHere({ code: 4409, reason: 'client_id_taken' })
    else this.#replaceWith('reapply')
  }

  /** Fetches the server's state into a fresh document; the present one stays in view, and in the outbox, until then. */
  #replaceWith(unsent: Unsent): void {
    if (this.#coming) this.#coming.provider.destroy()
    this.#coming = null
    this.#connection.stop()
    this.#bound.provider.lost()
    this.#coming = { ...this.#bind(), unsent }
    this.#coming.provider.updateLimit = this.#limits.update
    this.#connection.start()
  }

  #synced(provider: Provider): void {
    if (provider === this.#coming?.provider) this.#swap(this.#bound, this.#coming)
    this.#set({ synced: true })
  }

  #swap(old: Bound, fresh: Bound & { unsent: Unsent }): void {
    old.provider.flush()
    old.copy.stop()
    const edits = unsentEdits(old.provider.text, old.outbox.updates, fresh.provider.doc)
    const draft = fresh.unsent === 'draft' ? this.#addToDraft(plainText(edits)) : this.#status.get().draft
    if (fresh.unsent === 'reapply') reapply(edits, fresh.provider.text)
    const update = fresh.provider.takeQueue()
    const written = old.outbox.replace({ copy: Y.encodeStateAsUpdate(fresh.provider.doc), update, draft })
    this.#replaced = written
    this.#coming = null
    this.#bound = fresh
    if (update) fresh.provider.submit(update, written)
    moveState(old.provider.awareness, fresh.provider.awareness)
    this.#set({ draft })
    this.#judgeSaved()
    for (const listener of [...this.#replacedListeners]) listener()
    old.provider.destroy()
  }

  #addToDraft(text: string | null): string | null {
    const kept = this.#status.get().draft
    return [kept, text].filter((part) => part !== null).join('\n') || null
  }

  #endFromHere(closed: ClosedReason): void {
    this.#connection.stop()
    this.#end(closed)
  }

  #ended(closed: ClosedReason): void {
    if (isClientIdTaken(closed)) this.#clientIdTaken()
    else this.#end(closed)
  }

  /** The text stays readable, what the server lacks of it is the draft, and the device is left as the reason asks. */
  #end(closed: ClosedReason): void {
    this.#saved.stop()
    this.#coming?.provider.destroy()
    this.#coming = null
    const { provider, outbox, copy } = this.#bound
    provider.flush()
    provider.lost()
    const draft = this.#addToDraft(plainText(unsentEdits(provider.text, outbox.updates)))
    this.#set({ connection: 'closed', closed, draft, saving: this.#savingAtEnd(closed) })
    const after = aftermath(closed)
    if (after === 'keep') return void copy.write()
    copy.stop()
    if (after === 'forget') void outbox.forget()
    else void outbox.replace({ copy: null, update: null, draft })
  }

  #savingAtEnd(closed: ClosedReason): Status['saving'] {
    const { changes, persistent } = this.#bound.outbox
    if (changes === 0) return { kind: 'saved', settled: true }
    return { kind: 'not-saved', changes, persistent: persistent && aftermath(closed) !== 'forget', urgent: true }
  }

  #connectionIs(connection: ConnectionState): void {
    this.#set({ connection })
    this.#judgeSaved()
  }

  #judgeSaved(): void {
    const { connection, closed } = this.#status.get()
    if (closed) return
    const { changes, since, persistent } = this.#bound.outbox
    if (connection === 'live' && changes === 0) this.#replacements = 0
    const link = connection === 'live' || connection === 'offline' ? connection : 'reconnecting'
    // What waited for the connection has waited for the server only since it is there.
    const waiting = link === 'live' ? Math.max(since, this.#liveSince ?? since) : since
    this.#saved.update({ changes, since: waiting, link, persistent })
  }

  #set(change: Partial<Status>): void {
    this.#status.set({ ...this.#status.get(), ...change })
  }
}

/** A document with all that keeps and carries it. */
type Bound = { outbox: Outbox; provider: Provider; size: DocumentSize; copy: LocalCopy }

/** The cursor is left behind: it may stand in text that the new document does not have. */
function moveState(from: Awareness, to: Awareness): void {
  const state = from.getLocalState()
  if (state === null) return
  const { cursor: _, ...rest } = state
  to.setLocalState(rest)
}
