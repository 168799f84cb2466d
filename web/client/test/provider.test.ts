import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { FinalClose } from '../src/index'
import { MemoryStore } from '../src/store'
import { FakeClock } from './support/clock'
import { FakeNetwork, openNote, textOf } from './support/open'
import { FakeServer } from './support/server'

function world() {
  const clock = new FakeClock()
  return { clock, server: new FakeServer(clock) }
}

describe('a note with a server', () => {
  it('reaches two browsers and is saved only when the server says so', async () => {
    const { clock, server } = world()
    const [a, b] = [openNote(server), openNote(server)]
    await clock.advance(100)
    server.acknowledges = 0
    a.text.insert(0, 'hello')
    expect(a.status.get().saving).toEqual({ kind: 'saved', settled: false })
    await clock.advance(100)
    expect(textOf(b)).toBe('hello')
    expect(a.status.get().saving).toEqual({ kind: 'saved', settled: false })
    await clock.advance(400)
    expect(a.status.get().saving.kind).toBe('saving')
    await clock.advance(5_000)
    expect(a.status.get().saving).toEqual({ kind: 'not-saved', changes: 1, persistent: true, urgent: true })
    server.acknowledges = Number.POSITIVE_INFINITY
    a.text.insert(5, '!')
    await clock.advance(100)
    expect(a.status.get()).toMatchObject({ saving: { kind: 'saved', settled: true }, synced: true, connection: 'live' })
  })

  it('sends what is typed in one tick as one frame', async () => {
    const { clock, server } = world()
    const a = openNote(server)
    await clock.advance(100)
    const before = server.recorded
    for (const letter of 'sticky') a.text.insert(a.text.length, letter)
    await clock.advance(100)
    expect(server.text).toBe('sticky')
    expect(server.recorded - before).toBe(1)
  })

  it('adds no client id to the document by opening it, reading it or coming back to it', async () => {
    const { clock, server } = world()
    for (let visit = 0; visit < 3; visit += 1) {
      const session = openNote(server)
      await clock.advance(100)
      session.awareness.setLocalStateField('cursor', null)
      server.crash()
      server.restart()
      await clock.advance(5_000)
      expect(session.status.get().connection).toBe('live')
    }
    expect(Y.decodeStateVector(Y.encodeStateVector(server.doc)).size).toBe(0)
    expect(server.recorded).toBe(0)
  })

  it('keeps what is typed while the server is away, and says so', async () => {
    const { clock, server } = world()
    const a = openNote(server)
    await clock.advance(100)
    server.crash(1012)
    a.text.insert(0, 'typed meanwhile')
    await clock.advance(100)
    expect(a.status.get()).toMatchObject({ connection: 'restarting', saving: { kind: 'not-saved', changes: 1 } })
    await clock.advance(60_000)
    expect(a.status.get()).toMatchObject({ connection: 'offline', saving: { kind: 'offline', changes: 1 } })
    server.restart()
    a.retryNow()
    await clock.advance(100)
    expect(a.status.get()).toMatchObject({ connection: 'live', saving: { kind: 'saved', settled: true } })
    expect(server.text).toBe('typed meanwhile')
  })

  it('sends again what a crash of the server swallowed', async () => {
    const { clock, server } = world()
    const a = openNote(server)
    await clock.advance(100)
    a.text.insert(0, 'in flight')
    await clock.advance(1)
    server.crash()
    expect(server.text).toBe('')
    server.restart()
    await clock.advance(10_000)
    expect(server.text).toBe('in flight')
  })

  it('shows the text of this device before the server answers, and sends what a closed page left behind', async () => {
    const { clock, server } = world()
    const store = new MemoryStore(true)
    const first = openNote(server, { store })
    await clock.advance(100)
    first.text.insert(0, 'known')
    await clock.advance(5_000)
    server.crash()
    first.text.insert(5, ' and unsent')
    await clock.advance(10)
    await first.destroy()

    const second = openNote(server, { store })
    await clock.advance(10)
    expect(textOf(second)).toBe('known and unsent')
    expect(second.status.get()).toMatchObject({ synced: false, saving: { changes: 1 } })
    server.restart()
    await clock.advance(30_000)
    expect(server.text).toBe('known and unsent')
    expect((await store.load('note')).unsent).toEqual([])
  })

  it('takes over what another tab leaves behind while this one is open', async () => {
    const { clock, server } = world()
    const store = new MemoryStore(true)
    const [stays, leaves] = [openNote(server, { store }), openNote(server, { store })]
    await clock.advance(100)
    server.crash()
    leaves.text.insert(0, 'left behind')
    await leaves.destroy()
    server.restart()
    await clock.advance(30_000)
    expect(textOf(stays)).toBe('left behind')
    expect(server.text).toBe('left behind')
  })

  it('lets a viewer read and never sends an update', async () => {
    const { clock, server } = world()
    const editor = openNote(server)
    const viewer = openNote(server, { params: { level: 'viewer' } })
    await clock.advance(100)
    editor.text.insert(0, 'for all to read')
    await clock.advance(100)
    expect(textOf(viewer)).toBe('for all to read')
    expect(viewer.status.get()).toMatchObject({ level: 'viewer', title: 'Untitled', me: { name: 'Amber Fox' } })
  })

  it('follows notices of title and level', async () => {
    const { clock, server } = world()
    const a = openNote(server, { params: { level: 'viewer' } })
    await clock.advance(100)
    server.notice({ type: 'renamed', title: 'Shopping' })
    server.nowAll('editor')
    await clock.advance(100)
    expect(a.status.get()).toMatchObject({ title: 'Shopping', level: 'editor' })
    a.text.insert(0, 'allowed now')
    await clock.advance(100)
    expect(server.text).toBe('allowed now')
  })

  it('shows others again at once after a reconnect', async () => {
    const { clock, server } = world()
    const a = openNote(server)
    const b = openNote(server, { params: { root: 'b' } })
    await clock.advance(100)
    a.awareness.setLocalStateField('mood', 'busy')
    await clock.advance(100)
    expect(b.awareness.getStates().get(a.doc.clientID)).toMatchObject({ mood: 'busy' })
    for (const socket of server.sockets) if (socket.root === 'b') server.cut(socket)
    expect([...b.awareness.getStates().keys()]).toEqual([b.doc.clientID])
    await clock.advance(10_000)
    expect(b.awareness.getStates().get(a.doc.clientID)).toMatchObject({ mood: 'busy' })
    expect(a.awareness.getStates().get(b.doc.clientID)).toBeDefined()
  })

  it('splits what is too large for one update', async () => {
    const { clock, server } = world()
    server.crash()
    const a = openNote(server)
    await clock.advance(100)
    for (let paste = 0; paste < 4; paste += 1) {
      a.text.insert(a.text.length, `${paste}`.repeat(400_000))
      await clock.advance(1)
    }
    server.restart()
    await clock.advance(30_000)
    expect(server.text.length).toBe(1_600_000)
    expect(a.status.get().saving).toEqual({ kind: 'saved', settled: true })
  })

  it('refuses beforehand what would pass a cap', async () => {
    const { clock, server } = world()
    const a = openNote(server)
    await clock.advance(100)
    expect(a.wouldFit(1_000)).toBe(true)
    expect(a.wouldFit('x'.repeat(1_048_000))).toBe(true)
    expect(a.wouldFit('ü'.repeat(1_048_000))).toBe(false)
    for (let paste = 0; paste < 4; paste += 1) a.text.insert(0, 'x'.repeat(1_000_000))
    expect(a.wouldFit('x'.repeat(200_000))).toBe(false)
    expect(a.wouldFit('x'.repeat(1_000))).toBe(true)
  })
})

describe('the connection', () => {
  it('asks for the extension, with a fresh ticket each time', async () => {
    const { clock, server } = world()
    let tickets = 0
    openNote(server, { protocols: async () => ['sticky.v1', `ticket.${++tickets}`] })
    await clock.advance(100)
    expect([...server.sockets].map((socket) => socket.protocols)).toEqual([['sticky.v1', 'ticket.1']])
    server.crash()
    server.restart()
    await clock.advance(10_000)
    expect([...server.sockets].map((socket) => socket.protocols)).toEqual([['sticky.v1', 'ticket.2']])
  })

  it('ends when its ticket is refused for good, and tries again when it could not be asked for', async () => {
    const { clock, server } = world()
    const answers = [new Error('unreachable'), new FinalClose(4404, 'not_found')]
    const a = openNote(server, { protocols: () => Promise.reject(answers.shift()) })
    await clock.advance(100)
    expect(a.status.get().connection).toBe('offline')
    await clock.advance(10_000)
    expect(a.status.get()).toMatchObject({ connection: 'closed', closed: { code: 4404, reason: 'not_found' } })
  })

  it('notices a connection that has gone silent', async () => {
    const { clock, server } = world()
    const a = openNote(server)
    await clock.advance(100)
    const [dead] = server.sockets
    server.receive = () => {}
    await clock.advance(45_000)
    expect(dead?.readyState).toBe(3)
    expect(a.status.get().connection).not.toBe('closed')
  })

  it('stays on one connection that answers', async () => {
    const { clock, server } = world()
    openNote(server)
    await clock.advance(100)
    const [first] = server.sockets
    await clock.advance(600_000)
    expect([...server.sockets]).toEqual([first])
  })

  it('believes the browser about the network', async () => {
    const { clock, server } = world()
    const network = new FakeNetwork()
    const a = openNote(server, { network })
    await clock.advance(100)
    server.up = false
    network.turn(false)
    expect(a.status.get().connection).toBe('offline')
    server.up = true
    network.turn(true)
    await clock.advance(50)
    expect(a.status.get().connection).toBe('live')
  })

  it('spreads itself over the window that the server advertises', async () => {
    const { clock, server } = world()
    const a = openNote(server, { random: () => 0.99 })
    await clock.advance(100)
    server.crash(1012)
    server.restart()
    await clock.advance(1_900)
    expect(a.status.get().connection).toBe('restarting')
    await clock.advance(200)
    expect(a.status.get().connection).toBe('live')
  })
})
