import { type Level, MemoryStore, NoteSession, type SessionOptions, type SocketConstructor } from '@sticky/client'
import { WebSocket } from 'ws'
import type { StickyServer } from './server'

export type Link = { id: string; url: string; level: Level }
export type Ticket = { url: string; ticket: string; token: string; level: Level }

/** What a browser is to the server: a cookie jar and an Origin. Each one is a person of its own. */
export class Browser {
  /** Frames are thrown away instead of sent while true. */
  muted = false
  #cookies = new Map<string, string>()
  readonly #sockets = new Set<WebSocket>()
  readonly #sessions: NoteSession[] = []

  constructor(private readonly server: StickyServer) {}

  /** A browser that may make notes. */
  static async withNotes(server: StickyServer): Promise<Browser> {
    const browser = new Browser(server)
    await browser.call('POST', '/api/v1/browser-session', {})
    return browser
  }

  async newNote(title?: string): Promise<string> {
    const { id } = await this.call<{ id: string }>('POST', '/api/v1/documents', title ? { title } : {})
    return id
  }

  ticket(note: string): Promise<Ticket> {
    return this.call('POST', `/api/v1/documents/${note}/session`, {})
  }

  share(note: string, level: 'viewer' | 'editor'): Promise<Link> {
    return this.call('POST', `/api/v1/documents/${note}/links`, { level })
  }

  async turnOff(note: string, link: Link): Promise<void> {
    await this.call('DELETE', `/api/v1/documents/${note}/links/${link.id}`)
  }

  /** Follows a share link as the page behind it does. */
  async follow(link: Link): Promise<{ document_id: string; level: Level }> {
    return this.call('POST', new URL(link.url).pathname, {})
  }

  /** Opens a note as the web app does: by cookie and Origin. */
  open(note: string, options: Partial<SessionOptions> = {}): NoteSession {
    const session = new NoteSession({
      url: `${this.server.socketOrigin}/collab/${note}`,
      documentId: note,
      store: new MemoryStore(true),
      WebSocket: this.WebSocket,
      ...options,
    })
    this.#sessions.push(session)
    session.open()
    return session
  }

  /** Goes to an address of the server. @returns what a browser goes by */
  async visit(url: string): Promise<{ status: number; location: string | null }> {
    const response = await fetch(url, { redirect: 'manual', headers: this.#headers() })
    await response.arrayBuffer()
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
    return { status: response.status, location: response.headers.get('location') }
  }

  /** Another browser with the same cookies. */
  clone(): Browser {
    const browser = new Browser(this.server)
    browser.#cookies = new Map(this.#cookies)
    return browser
  }

  /** The network fails: every socket is gone without a goodbye. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.destroy()))
  }

  /** The WebSocket of this browser: it sends its cookies and its Origin, as a page's does. */
  get WebSocket(): SocketConstructor {
    const { server } = this
    const headers = () => this.#headers()
    const isMuted = () => this.muted
    const sockets = this.#sockets
    class PageSocket extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers: headers(), origin: server.origin })
        sockets.add(this)
        this.on('close', () => sockets.delete(this))
      }

      override send(data: Uint8Array): void {
        if (!isMuted()) super.send(data)
      }
    }
    return PageSocket as unknown as SocketConstructor
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.server.origin + path, {
      method,
      headers: { ...this.#headers(), origin: this.server.origin, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  #headers(): Record<string, string> {
    if (this.#cookies.size === 0) return {}
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  }

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';')
    const [name = '', ...value] = pair.split('=')
    this.#cookies.set(name.trim(), value.join('='))
  }
}
