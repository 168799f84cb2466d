import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { Browser } from './browser'
import { StickyServer } from './server'
import { StockClient } from './stock'
import { untilText } from './until'

let server: StickyServer
let clients: StockClient[] = []
let printed: MockInstance[] = []

beforeAll(async () => {
  server = await StickyServer.start()
})
afterAll(() => server.destroy())

beforeEach(() => {
  printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level))
})
afterEach(() => {
  for (const client of clients) client.destroy()
  clients = []
  const lines = printed.flatMap((spy) => spy.mock.calls)
  vi.restoreAllMocks()
  expect(lines).toEqual([])
})

function client(note: string, params?: Record<string, string>): StockClient {
  const made = new StockClient(server, note, params)
  clients.push(made)
  return made
}

describe('y-websocket, unchanged', () => {
  it('syncs, edits and comes late', async () => {
    const note = randomUUID()
    const [a, b] = [client(note), client(note)]
    await Promise.all([a.synced(), b.synced()])
    a.text.insert(0, 'hello')
    await untilText(b.doc, 'hello')
    b.text.insert(5, ' world 🥕')
    b.text.delete(0, 1)
    await untilText(a.doc, 'ello world 🥕')
    const late = client(note)
    await untilText(late.doc, 'ello world 🥕')
  })

  it('sees who is there, named by the server, and who leaves', async () => {
    const note = randomUUID()
    const a = client(note, { userId: 'ada', displayName: 'Ada' })
    const b = client(note, { userId: 'bob', displayName: 'Bob' })
    await Promise.all([a.synced(), b.synced()])
    a.provider.awareness.setLocalStateField('user', { name: 'somebody else' })
    a.provider.awareness.setLocalStateField('cursor', { anchor: 1 })
    await b.sees((states) => states.some((state) => JSON.stringify(state.cursor) === '{"anchor":1}'))
    await b.sees((states) => states.every((state) => (state.user as { name: string }).name === 'Ada'))
    a.provider.disconnect()
    await b.sees((states) => states.length === 0)
  })

  it.each(['kill', 'stop'] as const)('comes back after a %s of the server with nothing lost', async (how) => {
    const note = randomUUID()
    const [a, b] = [client(note), client(note)]
    await Promise.all([a.synced(), b.synced()])
    a.text.insert(0, 'before')
    await untilText(b.doc, 'before')
    await server[how]()
    a.text.insert(6, ' while away')
    b.text.insert(0, 'also ')
    await server.start()
    await untilText(a.doc, 'also before while away')
    await untilText(b.doc, 'also before while away')
    await untilText(client(note).doc, 'also before while away')
  })

  it('alone on a note for longer than its limit of silence, stays on one connection', { timeout: 60_000 }, async () => {
    const alone = client(randomUUID())
    await alone.synced()
    await wait(45_000)
    expect(alone.connects).toBe(1)
    expect(alone.closes).toEqual([])
  })
})

describe('y-websocket with a link', () => {
  it('reads and cannot write where the link is to read', async () => {
    const { owner, note, token } = await shared('viewer')
    const viewer = client(note, { token })
    await viewer.synced()
    const session = owner.open(note)
    session.text.insert(0, 'for all to read')
    await untilText(viewer.doc, 'for all to read')
    session.text.insert(15, '!')
    await untilText(viewer.doc, 'for all to read!')
    viewer.text.insert(0, 'not allowed ')
    await viewer.closed()
    expect(viewer.closes).toEqual([4403])
    const witness = client(note, { token })
    await untilText(witness.doc, 'for all to read!')
    await owner.close()
  })

  it('writes where the link is to edit, until it is turned off', async () => {
    const { owner, note, link, token } = await shared('editor')
    const editor = client(note, { token })
    await editor.synced()
    editor.text.insert(0, 'allowed')
    const session = owner.open(note)
    await untilText(session.doc, 'allowed')
    await owner.turnOff(note, link)
    await editor.closed()
    expect(editor.closes).toEqual([4403])
    await owner.close()
  })

  async function shared(level: 'viewer' | 'editor') {
    const owner = await Browser.withNotes(server)
    const note = await owner.newNote()
    const link = await owner.share(note, level)
    return { owner, note, link, token: link.url.split('/').at(-1) ?? '' }
  }
})
