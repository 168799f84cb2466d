import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../src/store'
import { FakeClock } from './support/clock'
import { openNote, textOf } from './support/open'
import { FakeServer } from './support/server'

async function unsent() {
  const clock = new FakeClock()
  const server = new FakeServer(clock)
  const store = new MemoryStore(true)
  const session = openNote(server, { store })
  await clock.advance(100)
  session.text.insert(0, 'saved. ')
  await clock.advance(100)
  server.crash()
  session.text.insert(7, 'unsent')
  await clock.advance(5)
  server.restart()
  return { clock, server, store, session }
}

describe('when the server ends it for good', () => {
  it.each([
    [4403, 'link_revoked'],
    [4404, 'not_found'],
    [4410, 'in_trash'],
  ])('%i %s: the unsent text can be copied, and nothing of the note stays here', async (code, reason) => {
    const { clock, server, store, session } = await unsent()
    server.refuseWith = { code, reason }
    await clock.advance(30_000)
    expect(session.status.get()).toMatchObject({ connection: 'closed', closed: { code, reason }, draft: 'unsent' })
    expect(session.status.get().saving).toMatchObject({ kind: 'not-saved', persistent: false })
    expect(await store.load('note')).toEqual({ copy: null, unsent: [], draft: null })
    await session.destroy()
    expect((await store.load('note')).copy).toBeNull()
  })

  it.each([
    [4400, 'gap'],
    [4409, 'conflict'],
    [4413, 'update_too_large'],
  ])('%i %s: the draft is kept and offered again, and the refused changes are not sent again', async (code, reason) => {
    const { clock, server, store, session } = await unsent()
    server.refuseWith = { code, reason }
    await clock.advance(30_000)
    expect(session.status.get()).toMatchObject({ connection: 'closed', draft: 'unsent' })
    await session.destroy()

    server.refuseWith = null
    const next = openNote(server, { store })
    await clock.advance(100)
    expect(textOf(next)).toBe('saved. ')
    expect(next.status.get()).toMatchObject({ draft: 'unsent', saving: { kind: 'saved', settled: true } })
    next.dismissDraft()
    await clock.advance(10)
    expect((await store.load('note')).draft).toBeNull()
  })

  it('4401: what is unsent waits for another session', async () => {
    const { clock, server, store, session } = await unsent()
    server.refuseWith = { code: 4401, reason: 'unauthorized' }
    await clock.advance(30_000)
    expect(session.status.get()).toMatchObject({ connection: 'closed', draft: 'unsent' })
    server.refuseWith = null
    openNote(server, { store })
    await clock.advance(100)
    expect(server.text).toBe('saved. unsent')
  })

  it('a note in the trash is left at once', async () => {
    const { clock, server, session } = await unsent()
    await clock.advance(30_000)
    server.notice({ type: 'trashed' })
    await clock.advance(10)
    expect(session.status.get()).toMatchObject({
      connection: 'closed',
      closed: { code: 4410, reason: 'in_trash' },
      draft: null,
    })
    expect(server.sockets.size).toBe(0)
  })
})

describe('when a client id turns out to be taken', () => {
  it.each(['notice', 'close'] as const)(
    'told by a %s: the text is typed again under another one, where it was',
    async (how) => {
      const { clock, server, store, session } = await unsent()
      const taken = session.doc.clientID
      server.own(taken, 'somebody else')
      server.tellsTakenBy = how
      let replaced = 0
      session.onReplaced(() => {
        replaced += 1
      })
      await clock.advance(30_000)
      expect(replaced).toBe(1)
      expect(session.doc.clientID).not.toBe(taken)
      expect(server.text).toBe('saved. unsent')
      expect(textOf(session)).toBe('saved. unsent')
      expect(session.status.get()).toMatchObject({
        connection: 'live',
        draft: null,
        saving: { kind: 'saved', settled: true },
      })
      expect((await store.load('note')).unsent).toEqual([])
    },
  )

  it('keeps what is typed while the server is asked', async () => {
    const { clock, server, session } = await unsent()
    server.own(session.doc.clientID, 'somebody else')
    session.onReplaced(() => session.text.insert(session.text.length, ' after'))
    const accept = server.accept.bind(server)
    let visits = 0
    server.accept = (socket) => {
      visits += 1
      if (visits === 2) session.text.insert(session.text.length, ' during')
      accept(socket)
    }
    await clock.advance(30_000)
    expect(server.text).toBe('saved. unsent during after')
  })

  it('gives up with a draft when it happens again and again', async () => {
    const { clock, server, session } = await unsent()
    server.ownAll('somebody else')
    await clock.advance(60_000)
    expect(session.status.get()).toMatchObject({ closed: { code: 4409, reason: 'client_id_taken' }, draft: 'unsent' })
  })
})

describe('when someone may only read any more', () => {
  it('turns what is unsent into a draft, but not what was recorded without an answer', async () => {
    const { clock, server, session } = await unsent()
    await clock.advance(30_000)
    server.acknowledges = 0
    session.text.insert(0, 'recorded. ')
    await clock.advance(100)
    server.deaf = true
    session.text.insert(0, 'unheard ')
    server.nowAll('viewer')
    await clock.advance(30_000)
    expect(session.status.get()).toMatchObject({ level: 'viewer', draft: 'unheard ', saving: { kind: 'saved' } })
    expect(textOf(session)).toBe('recorded. saved. unsent')
  })

  it('keeps the draft when the level is lowered while away', async () => {
    const { clock, server, session } = await unsent()
    server.nowAll('viewer')
    await clock.advance(30_000)
    expect(session.status.get()).toMatchObject({ level: 'viewer', draft: 'unsent', connection: 'live' })
    expect(textOf(session)).toBe('saved. ')
    expect(server.text).toBe('saved. ')
  })
})
