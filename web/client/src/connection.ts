import { Backoff } from './backoff'
import type { Clock } from './clock'
import { FinalClose, isFinal } from './closing'
import type { Network } from './network'
import { encode } from './protocol'
import type { ClosedReason } from './status'

/** The server must speak within this time of an attempt's start. */
const CONNECT_MS = 10_000
/** The server sends something at least every 20 s; after this much silence it is asked to. */
const PROBE_AFTER_MS = 25_000
/** How long it may take to answer the probe before the connection counts as dead. */
const PROBE_ANSWER_MS = 8_000
/** 1006: what a browser reports for a connection that ended without a close frame. */
const LOST = 1006

/** The part of the browser's WebSocket that is used here. */
export type Socket = Pick<
  WebSocket,
  'binaryType' | 'readyState' | 'onopen' | 'onmessage' | 'onclose' | 'onerror' | 'send' | 'close'
>
export type SocketConstructor = new (url: string, protocols: string[]) => Socket

export type ConnectionOptions = {
  url: string
  /** The subprotocols of the next attempt, a fresh single-use ticket among them where one is needed. */
  protocols: () => Promise<string[]>
  /** Runs before each attempt; what it throws is ignored. */
  prepare: () => Promise<void>
  WebSocket: SocketConstructor
  clock: Clock
  network: Network
  random: () => number
}

export interface ConnectionListener {
  /** A socket is open; nothing has been received yet. */
  opened(): void
  received(frame: Uint8Array): void
  /** The socket that `opened` told of is gone, or an attempt failed; another attempt is scheduled. */
  lost(code: number): void
  /** The server ended it for good: there will be no other attempt. */
  ended(closed: ClosedReason): void
}

/**
 * One socket at a time to one address, made again until the server ends it with a 44xx close.
 * It knows nothing of Yjs: it moves frames, notices silence and waits between attempts.
 */
export class Connection {
  readonly #backoff: Backoff
  #socket: Socket | null = null
  #cancelTimer = () => {}
  #cancelNetwork = () => {}
  #running = false
  /** Told apart from an older attempt whose promises are still under way. */
  #attempt = 0
  #heardAt = 0
  #probedAt: number | null = null
  /** The socket that has been heard from. */
  #speaking: Socket | null = null

  constructor(
    private readonly options: ConnectionOptions,
    private readonly listener: ConnectionListener,
  ) {
    this.#backoff = new Backoff(options.random)
  }

  /** Attempts that failed since the server last spoke. */
  get attempts(): number {
    return this.#backoff.attempts
  }

  set jitterMs(ms: number) {
    this.#backoff.jitterMs = ms
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#cancelNetwork = this.options.network.subscribe((online) => this.#networkChanged(online))
    void this.#connect()
  }

  /** Ends it from this side, without a word to the listener; it may be started again. */
  stop(): void {
    this.#running = false
    this.#cancelNetwork()
    this.#drop(1000)
  }

  /** Attempts at once instead of waiting; nothing changes while connected. */
  retryNow(): void {
    if (!this.#running || this.#socket !== null) return
    void this.#connect()
  }

  /** Gives up this socket and makes another, as if the network had cut it. */
  reconnect(code = LOST): void {
    this.#drop(1000)
    this.#lost(code)
  }

  /** @returns whether there was an open socket to hand it to */
  send(frame: Uint8Array): boolean {
    if (this.#socket === null || this.#socket.readyState !== 1) return false
    this.#socket.send(frame as Uint8Array<ArrayBuffer>)
    return true
  }

  async #connect(): Promise<void> {
    this.#cancelTimer()
    this.#attempt += 1
    const attempt = this.#attempt
    this.#cancelTimer = this.options.clock.after(CONNECT_MS, () => this.reconnect())
    await this.options.prepare().catch(() => {})
    const protocols = await this.options.protocols().catch((error: unknown) => this.#refused(error, attempt))
    if (protocols && this.#running && attempt === this.#attempt) this.#openSocket(protocols)
  }

  #refused(error: unknown, attempt: number): null {
    if (!this.#running || attempt !== this.#attempt) return null
    if (error instanceof FinalClose) this.#end({ code: error.code, reason: error.reason })
    else this.reconnect()
    return null
  }

  #openSocket(protocols: string[]): void {
    const socket = new this.options.WebSocket(this.options.url, protocols)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#opened(socket)
    socket.onmessage = (event) => this.#received(socket, event.data)
    // A browser tells nothing in the error event that the close event after it does not tell.
    socket.onerror = () => {}
    socket.onclose = (event) => this.#closed(socket, event.code, event.reason)
  }

  #opened(socket: Socket): void {
    if (socket === this.#socket) this.listener.opened()
  }

  #received(socket: Socket, data: unknown): void {
    if (socket !== this.#socket || !(data instanceof ArrayBuffer)) return
    this.#heardAt = this.options.clock.now()
    this.#probedAt = null
    if (socket !== this.#speaking) this.#startedSpeaking(socket)
    this.listener.received(new Uint8Array(data))
  }

  /** The first word of a socket ends the wait for it and starts the watch for silence. */
  #startedSpeaking(socket: Socket): void {
    this.#speaking = socket
    this.#backoff.reset()
    this.#watch()
  }

  #closed(socket: Socket, code: number, reason: string): void {
    if (socket !== this.#socket) return
    this.#socket = null
    this.#cancelTimer()
    if (isFinal(code)) this.#end({ code, reason })
    else this.#lost(code)
  }

  #lost(code: number): void {
    if (!this.#running) return
    this.#cancelTimer()
    this.#cancelTimer = this.options.clock.after(this.#backoff.next(code), () => void this.#connect())
    this.listener.lost(code)
  }

  #end(closed: ClosedReason): void {
    this.stop()
    this.listener.ended(closed)
  }

  #watch(): void {
    this.#cancelTimer()
    this.#cancelTimer = this.options.clock.after(PROBE_ANSWER_MS, () => this.#lookForSilence())
  }

  /** Judged by the clock, not by counting timers: a page in the background or a sleeping laptop runs them late. */
  #lookForSilence(): void {
    const now = this.options.clock.now()
    if (this.#probedAt !== null && now - this.#probedAt >= PROBE_ANSWER_MS) return this.reconnect()
    if (this.#probedAt === null && now - this.#heardAt >= PROBE_AFTER_MS) this.#probe(now)
    this.#watch()
  }

  #probe(now: number): void {
    this.#probedAt = now
    this.send(encode({ type: 'query-awareness' }))
  }

  #networkChanged(online: boolean): void {
    if (online) this.retryNow()
    else this.reconnect()
  }

  #drop(code: number): void {
    this.#cancelTimer()
    this.#attempt += 1
    const socket = this.#socket
    this.#socket = null
    socket?.close(code)
  }
}
