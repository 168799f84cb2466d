import { setTimeout as wait } from 'node:timers/promises'
import { MemoryStore } from '@sticky/client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from './browser'
import { StickyServer } from './server'
import { untilClosed, untilLive, untilSaved, untilStatus, untilText } from './until'

describe.each([true, false])('our client, --insecure-local-dev: %s', (localDev) => {
  let server: StickyServer
  const browsers: Browser[] = []

  beforeAll(async () => {
    server = await StickyServer.start({ localDev })
  })
  afterAll(() => server.destroy())
  afterEach(async () => {
    await Promise.all(browsers.splice(0).map((browser) => browser.close()))
  })

  async function owner(): Promise<{ browser: Browser; note: string }> {
    const browser = await Browser.withNotes(server)
    browsers.push(browser)
    return { browser, note: await browser.newNote('Shopping') }
  }

  function stranger(): Browser {
    const browser = new Browser(server)
    browsers.push(browser)
    return browser
  }

  it('is welcomed, and says saved when the server does', async () => {
    const { browser, note } = await owner()
    const session = browser.open(note)
    await untilLive(session)
    expect(session.status.get()).toMatchObject({ level: 'owner', title: 'Shopping', closed: null, draft: null })
    session.text.insert(0, 'milk')
    expect(session.status.get().saving).toEqual({ kind: 'saved', settled: false })
    await untilSaved(session)
    await untilText(browser.open(note).doc, 'milk')
  })

  it('opens without cookies by a ticket', async () => {
    const { browser, note } = await owner()
    const visitor = stranger()
    const protocols = async () => ['sticky.v1', `ticket.${(await browser.ticket(note)).ticket}`]
    const session = visitor.open(note, { protocols })
    await untilLive(session)
    visitor.cut()
    session.text.insert(0, 'twice')
    await untilSaved(session)
    await untilText(browser.open(note).doc, 'twice')
  })

  it('loses nothing when the server is killed in the middle of a word', async () => {
    const { browser, note } = await owner()
    const session = browser.open(note)
    await untilLive(session)
    const typing = type(() => session.text, 300)
    await wait(600)
    await server.kill()
    await untilStatus(session, ({ connection }) => connection !== 'live')
    await wait(300)
    await server.start()
    const typed = await typing
    await untilSaved(session)
    expect(session.text.toString()).toBe(typed)
    await untilText(browser.open(note).doc, typed)
  })

  it('sends at the next visit what a closed page could not', async () => {
    const { browser, note } = await owner()
    const store = new MemoryStore(true)
    const first = browser.open(note, { store })
    await untilLive(first)
    browser.muted = true
    first.text.insert(0, 'left behind')
    await first.destroy()
    browser.muted = false
    const second = browser.open(note, { store })
    await untilSaved(second)
    await untilText(browser.open(note).doc, 'left behind')
    expect((await store.load(note)).unsent).toEqual([])
  })

  it('lets who has a link to read see every keystroke and write none', async () => {
    const { browser, note } = await owner()
    const reader = stranger()
    await reader.follow(await browser.share(note, 'viewer'))
    const [writes, reads] = [browser.open(note), reader.open(note)]
    await Promise.all([untilLive(writes), untilLive(reads)])
    expect(reads.status.get().level).toBe('viewer')
    writes.text.insert(0, 'seen')
    await untilText(reads.doc, 'seen')
    reads.text.insert(0, 'never ')
    writes.text.insert(4, '!')
    await untilText(reads.doc, 'never seen!')
    await untilText(browser.open(note).doc, 'seen!')
  })

  it('leaves with the unsent text when its link is turned off', async () => {
    const { browser, note } = await owner()
    const guest = stranger()
    const link = await browser.share(note, 'editor')
    await guest.follow(link)
    const store = new MemoryStore(true)
    const session = guest.open(note, { store })
    await untilLive(session)
    session.text.insert(0, 'saved. ')
    await untilSaved(session)
    guest.muted = true
    session.text.insert(7, 'unsent')
    await browser.turnOff(note, link)
    await untilClosed(session)
    expect(session.status.get()).toMatchObject({ closed: { code: 4403, reason: 'link_revoked' }, draft: 'unsent' })
    expect(await store.load(note)).toEqual({ copy: null, unsent: [], draft: null })
    await untilText(browser.open(note).doc, 'saved. ')
  })

  it('leaves when the note is put in the trash, and finds nothing where there is nothing', async () => {
    const { browser, note } = await owner()
    const session = browser.open(note)
    await untilLive(session)
    await browser.call('PATCH', `/api/v1/documents/${note}`, { deleted: true })
    await untilClosed(session)
    expect(session.status.get().closed?.code).toBe(4410)
    const missing = stranger().open(note)
    await untilClosed(missing)
    // In local-dev whoever shows nothing is the owner of everything.
    expect(missing.status.get().closed?.code).toBe(localDev ? 4410 : 4404)
  })

  it('types again under another client id when its own is taken', async () => {
    const { browser, note } = await owner()
    const guest = stranger()
    await guest.follow(await browser.share(note, 'editor'))
    const [first, second] = [browser.open(note), guest.open(note)]
    await Promise.all([untilLive(first), untilLive(second)])
    first.text.insert(0, 'mine')
    await untilText(second.doc, 'mine')
    second.doc.clientID = first.doc.clientID
    second.text.insert(4, ' and yours')
    await untilText(first.doc, 'mine and yours')
    await untilSaved(second)
    expect(second.doc.clientID).not.toBe(first.doc.clientID)
    expect(second.text.toString()).toBe('mine and yours')
  })

  it('hears of a new title', async () => {
    const { browser, note } = await owner()
    const session = browser.open(note)
    await untilLive(session)
    await browser.call('PATCH', `/api/v1/documents/${note}`, { title: 'Groceries' })
    await untilStatus(session, ({ title }) => title === 'Groceries')
  })
})

/** Types one letter every few milliseconds. @returns what was typed */
async function type(text: () => { insert(at: number, letter: string): void; length: number }, letters: number) {
  let typed = ''
  for (let index = 0; index < letters; index += 1) {
    const letter = String.fromCharCode(97 + (index % 26))
    text().insert(text().length, letter)
    typed += letter
    await wait(5)
  }
  return typed
}
