import { afterEach } from 'vitest'
import { NoteSession, type SessionOptions } from '../../src/index'
import type { Network } from '../../src/network'
import { MemoryStore } from '../../src/store'
import type { FakeServer } from './server'

const open: NoteSession[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.destroy()))
})

/** A network that says what it is told to. */
export class FakeNetwork implements Network {
  online = true
  #listener: (online: boolean) => void = () => {}

  subscribe(listener: (online: boolean) => void): () => void {
    this.#listener = listener
    return () => {}
  }

  turn(online: boolean): void {
    this.online = online
    this.#listener(online)
  }
}

/** A session on `server` that ends with the test. */
export function openNote(server: FakeServer, options: Partial<SessionOptions> = {}): NoteSession {
  const session = new NoteSession({
    url: 'ws://sticky.test/collab/note',
    documentId: 'note',
    store: new MemoryStore(true),
    WebSocket: server.WebSocket,
    clock: server.clock,
    network: new FakeNetwork(),
    random: () => 0.5,
    ...options,
  })
  open.push(session)
  session.open()
  return session
}

/** What this browser shows. */
export function textOf(session: NoteSession): string {
  return session.text.toString()
}
