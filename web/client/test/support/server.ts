import * as Y from 'yjs'
import type { Clock } from '../../src/clock'
import type { Socket } from '../../src/connection'
import { decode, encode, type Notice } from '../../src/protocol'
import type { Level } from '../../src/status'

type Outgoing = Parameters<typeof encode>[0]

/** One end of a connection that lives in this process: ordered, delayed, and cut without warning when told to. */
export class FakeSocket implements Socket {
  binaryType: BinaryType = 'blob'
  readyState: 0 | 1 | 2 | 3 = 0
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  onerror: Socket['onerror'] = null
  /** SyncStep2 and Update frames that arrived at the server. */
  received = 0
  presence: Extract<Outgoing, { type: 'awareness' }> | null = null
  level: Level
  root: string

  constructor(
    private readonly server: FakeServer,
    url: string,
    readonly protocols: string[],
  ) {
    const query = new URL(url).searchParams
    this.level = server.level ?? (query.get('level') as Level | null) ?? 'editor'
    this.root = query.get('root') ?? 'somebody'
    server.accept(this)
  }

  send(data: unknown): void {
    const frame = (data as Uint8Array).slice()
    this.server.soon(() => this.readyState === 1 && this.server.receive(this, frame))
  }

  close(code = 1005): void {
    this.end(code, '')
  }

  /** What the server sends arrives later, or never when the connection is cut before. */
  deliver(message: Outgoing): void {
    const frame = encode(message).slice().buffer
    this.server.soon(() => {
      if (this.readyState === 1) this.onmessage?.call(this as never, { data: frame } as MessageEvent)
    })
  }

  opened(): void {
    this.readyState = 1
    this.onopen?.call(this as never, {} as Event)
  }

  end(code: number, reason: string): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.server.sockets.delete(this)
    this.onclose?.call(this as never, { code, reason } as CloseEvent)
  }
}

/** What the tests need of a Sticky server: recorded before seen, acknowledged after, everything else lost in a crash. */
export class FakeServer {
  readonly sockets = new Set<FakeSocket>()
  doc = new Y.Doc()
  up = true
  /** Frames beyond this one are recorded without an answer. */
  acknowledges = Number.POSITIVE_INFINITY
  /** Updates that hung in the air: a client of ours never sends one. */
  gaps = 0
  /** Updates that said something new. */
  recorded = 0
  refuseWith: { code: number; reason: string } | null = null
  /** Updates are lost on their way while true. */
  deaf = false
  /** What everybody may do now, whatever they were let in with. */
  level: Level | undefined
  tellsTakenBy: 'notice' | 'close' = 'notice'
  readonly #owners = new Map<number, string>()
  #allOwnedBy: string | undefined
  #lastAt = 0
  #life = 0

  constructor(
    readonly clock: Clock,
    private readonly latency: () => number = () => 1,
  ) {}

  /** A WebSocket constructor whose sockets come here. */
  get WebSocket() {
    const accept = (url: string, protocols: string[]) => new FakeSocket(this, url, protocols)
    return class {
      constructor(url: string, protocols: string[]) {
        // biome-ignore lint/correctness/noConstructorReturn: a constructor is what the client asks for
        return accept(url, protocols)
      }
    } as unknown as new (
      url: string,
      protocols: string[],
    ) => FakeSocket
  }

  get text(): string {
    return this.doc.getText('content').toString()
  }

  /** Later, and after all that was to happen sooner. */
  soon(task: () => void): void {
    this.#lastAt = Math.max(this.#lastAt, this.clock.now() + this.latency())
    this.clock.after(this.#lastAt - this.clock.now(), task)
  }

  accept(socket: FakeSocket): void {
    this.soon(() => {
      if (socket.readyState !== 0) return
      if (!this.up) return socket.end(1006, '')
      socket.opened()
      if (this.refuseWith) return this.soon(() => socket.end(this.refuseWith?.code ?? 0, this.refuseWith?.reason ?? ''))
      this.#welcome(socket)
    })
  }

  receive(socket: FakeSocket, frame: Uint8Array): void {
    const message = decode(frame)
    switch (message.type) {
      case 'step1':
        return socket.deliver({ type: 'step2', update: Y.encodeStateAsUpdate(this.doc, message.vector) })
      case 'step2':
      case 'update':
        return this.#store(socket, message.update)
      case 'awareness':
        return this.#announce(socket, message)
      case 'query-awareness':
        return socket.deliver({ type: 'awareness', update: new Uint8Array([0]) })
    }
  }

  nowAll(level: Level): void {
    this.level = level
    for (const socket of this.sockets) socket.level = level
    this.notice({ type: 'level', level })
  }

  notice(notice: Notice): void {
    for (const socket of this.sockets) socket.deliver({ type: 'notice', notice })
  }

  cut(socket: FakeSocket): void {
    socket.end(1006, '')
  }

  /** What was received and not recorded is gone. */
  crash(code = 1006): void {
    this.up = false
    this.#life += 1
    for (const socket of [...this.sockets]) socket.end(code, '')
  }

  restart(): void {
    this.up = true
  }

  own(client: number, root: string): void {
    this.#owners.set(client, root)
  }

  ownAll(root: string): void {
    this.#allOwnedBy = root
  }

  #welcome(socket: FakeSocket): void {
    this.sockets.add(socket)
    const principal = { id: socket.root, name: 'Amber Fox', color: '#b45309' }
    socket.deliver({
      type: 'notice',
      notice: { type: 'open', level: socket.level, title: 'Untitled', principal, reconnect: { jitter_ms: 2000 } },
    })
    socket.deliver({ type: 'step1', vector: Y.encodeStateVector(this.doc) })
    for (const { presence } of this.#others(socket)) if (presence) socket.deliver(presence)
  }

  #announce(socket: FakeSocket, message: Extract<Outgoing, { type: 'awareness' }>): void {
    socket.presence = message
    for (const other of this.#others(socket)) other.deliver(message)
  }

  #store(socket: FakeSocket, update: Uint8Array): void {
    if (this.deaf) return
    if (socket.level === 'viewer') throw new Error('a viewer sent an update')
    socket.received += 1
    const frames = socket.received
    const life = this.#life
    if (this.#isTaken(socket, update)) return
    this.soon(() => life === this.#life && this.#commit(socket, update, frames))
  }

  #isTaken(socket: FakeSocket, update: Uint8Array): boolean {
    const { structs } = Y.decodeUpdate(update)
    if (structs.every(({ id }) => this.#ownerOf(id.client, socket) === socket.root)) return false
    if (this.tellsTakenBy === 'close') this.soon(() => socket.end(4409, 'client_id_taken'))
    else socket.deliver({ type: 'notice', notice: { type: 'error', code: 'client_id_taken', message: '' } })
    return true
  }

  #ownerOf(client: number, socket: FakeSocket): string {
    return this.#owners.get(client) ?? this.#allOwnedBy ?? socket.root
  }

  #commit(socket: FakeSocket, update: Uint8Array, frames: number): void {
    const before = Y.encodeStateAsUpdate(this.doc).length
    Y.applyUpdate(this.doc, update)
    if (this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null) this.gaps += 1
    if (Y.encodeStateAsUpdate(this.doc).length !== before) this.recorded += 1
    if (frames <= this.acknowledges) socket.deliver({ type: 'saved', frames, seq: this.recorded })
    for (const other of this.#others(socket)) other.deliver({ type: 'update', update })
  }

  #others(socket: FakeSocket): FakeSocket[] {
    return [...this.sockets].filter((other) => other !== socket)
  }
}
