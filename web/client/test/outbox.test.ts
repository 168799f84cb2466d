import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { IndexedDbStore } from '../src/indexeddb'
import { MemoryStore, type OutboxStore } from '../src/store'
import { FakeClock } from './support/clock'
import { openNote, textOf } from './support/open'
import { FakeServer } from './support/server'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe.each<[string, () => OutboxStore]>([
  ['IndexedDB', () => new IndexedDbStore(withFactory(new IDBFactory()))],
  ['memory', () => new MemoryStore()],
])('a store in %s', (_, create) => {
  it('keeps unsent updates in order, each note for itself', async () => {
    const store = create()
    const first = await store.append('a', bytes(1))
    await store.append('b', bytes(9))
    await store.append('a', bytes(2))
    await store.remove('a', [first])
    await store.append('a', bytes(3))
    const note = await store.load('a')
    expect(note.unsent.map(({ update }) => [...update])).toEqual([[2], [3]])
    expect((await store.load('b')).unsent).toHaveLength(1)
  })

  it('keeps a copy and a draft', async () => {
    const store = create()
    expect(await store.load('a')).toEqual({ copy: null, unsent: [], draft: null })
    await store.saveCopy('a', bytes(7))
    await store.saveDraft('a', 'words')
    expect(await store.load('a')).toEqual({ copy: bytes(7), unsent: [], draft: 'words' })
    await store.saveDraft('a', null)
    expect((await store.load('a')).draft).toBeNull()
  })

  it('replaces what was refused in one step', async () => {
    const store = create()
    const refused = await store.append('a', bytes(1))
    const id = await store.replace('a', { remove: [refused], copy: bytes(5), update: bytes(2), draft: 'words' })
    expect(await store.load('a')).toEqual({ copy: bytes(5), unsent: [{ id, update: bytes(2) }], draft: 'words' })
    await store.replace('a', { remove: [id ?? 0], copy: null, update: null, draft: null })
    expect(await store.load('a')).toEqual({ copy: null, unsent: [], draft: null })
  })

  it('forgets one note and no other', async () => {
    const store = create()
    await store.append('a', bytes(1))
    await store.saveCopy('a', bytes(1))
    await store.append('b', bytes(2))
    await store.forget('a')
    expect(await store.load('a')).toEqual({ copy: null, unsent: [], draft: null })
    expect((await store.load('b')).unsent).toHaveLength(1)
  })
})

it('tells of which notes it keeps nothing but a copy', async () => {
  const store = new IndexedDbStore(withFactory(new IDBFactory()))
  for (const note of ['saved', 'unsent', 'refused']) await store.saveCopy(note, bytes(1))
  await store.append('unsent', bytes(2))
  await store.append('never here', bytes(3))
  await store.saveDraft('refused', 'words')
  expect(await store.copies()).toEqual(['saved'])
})

const withFactory = (factory: IDBFactory) => () => factory

describe('the outbox of a session', () => {
  it('is written before the server has answered, so that a crash between the two loses nothing', async () => {
    const factory = new IDBFactory()
    const { session } = await typedWithoutServer(new IndexedDbStore(withFactory(factory)))
    const { unsent } = await new IndexedDbStore(withFactory(factory)).load('note')
    expect(unsent).toHaveLength(2)

    // The page that typed is gone without a goodbye: another one opens on what it left.
    const clock = new FakeClock()
    const server = new FakeServer(clock)
    const next = openNote(server, { store: new IndexedDbStore(withFactory(factory)) })
    await until(async () => {
      await clock.advance(1_000)
      return server.text === 'before the crash'
    })
    expect(textOf(next)).toBe('before the crash')
    expect(next.doc.clientID).not.toBe(session.doc.clientID)
    await until(async () => (await new IndexedDbStore(withFactory(factory)).load('note')).unsent.length === 0)
  })

  it('says that nothing is kept where storage is denied, and works', async () => {
    const denied = new IndexedDbStore(() => {
      throw new DOMException('denied', 'SecurityError')
    })
    const { server, session } = await typedWithoutServer(denied)
    expect(session.status.get().saving).toEqual({ kind: 'ephemeral-warning', changes: 2 })
    server.restart()
    await (server.clock as FakeClock).advance(30_000)
    expect(server.text).toBe('before the crash')
    expect(session.status.get().saving).toEqual({ kind: 'saved', settled: true })
  })

  it('says so too when the storage fails later', async () => {
    const store = new MemoryStore(true)
    store.append = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
    const { session } = await typedWithoutServer(store)
    expect(session.status.get().saving).toEqual({ kind: 'ephemeral-warning', changes: 2 })
  })

  it('lets go of a change only when the answer covers its frame', async () => {
    const clock = new FakeClock()
    const server = new FakeServer(clock)
    const store = new MemoryStore(true)
    const session = openNote(server, { store })
    await clock.advance(100)
    // The first frame was the answer to the server's SyncStep1.
    server.acknowledges = 2
    session.text.insert(0, 'first')
    await clock.advance(1)
    session.text.insert(5, ' second')
    await clock.advance(500)
    expect(server.text).toBe('first second')
    expect(session.status.get().saving).toEqual({ kind: 'saving', changes: 1, persistent: true })
    expect((await store.load('note')).unsent).toHaveLength(1)
  })

  it('keeps a copy that opens without a server', async () => {
    const clock = new FakeClock()
    const server = new FakeServer(clock)
    const store = new MemoryStore(true)
    const other = openNote(server)
    openNote(server, { store })
    await clock.advance(100)
    other.text.insert(0, 'from somebody else')
    await clock.advance(3_000)
    const copy = new Y.Doc()
    Y.applyUpdate(copy, (await store.load('note')).copy ?? new Uint8Array())
    expect(copy.getText('content').toString()).toBe('from somebody else')
  })
})

async function typedWithoutServer(store: OutboxStore) {
  const server = new FakeServer(new FakeClock())
  server.crash()
  const session = openNote(server, { store })
  session.text.insert(0, 'before ')
  await new Promise((resolve) => setTimeout(resolve, 20))
  session.text.insert(7, 'the crash')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await (server.clock as FakeClock).advance(15_000)
  return { server, session }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200 && !(await holds()); turn += 1) await new Promise((resolve) => setTimeout(resolve, 5))
}
