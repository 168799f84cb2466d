import { expect, it } from 'vitest'
import * as Y from 'yjs'
import type { NoteSession } from '../src/index'
import { MemoryStore } from '../src/store'
import { FakeClock } from './support/clock'
import { openNote, textOf } from './support/open'
import { seeded } from './support/random'
import { FakeServer } from './support/server'

const SEEDS = Number(process.env.STICKY_SEEDS ?? 50)
const STEPS = 120

/** A browser: its storage outlives its pages. */
type Browser = { store: MemoryStore; page: NoteSession }

class World {
  readonly random: () => number
  readonly clock = new FakeClock()
  readonly server: FakeServer
  readonly browsers: Browser[] = []
  /** Every word that was typed and never deleted by anyone. */
  readonly typed: string[] = []

  constructor(seed: number) {
    this.random = seeded(seed)
    this.server = new FakeServer(this.clock, () => Math.floor(this.random() * 80))
    for (let count = 3 + this.pick(3); count > 0; count -= 1) this.#newBrowser()
  }

  pick(below: number): number {
    return Math.floor(this.random() * below)
  }

  async step(): Promise<void> {
    const browser = this.browsers[this.pick(this.browsers.length)]!
    const chance = this.random()
    if (chance < 0.55) this.#type(browser)
    else if (chance < 0.65) this.#deleteOwnMark(browser)
    else if (chance < 0.75) this.#cutOne()
    else if (chance < 0.8) await this.#crashPage(browser)
    else if (chance < 0.85) await this.#reload(browser)
    else if (chance < 0.87) await this.#powerCut(browser)
    else if (chance < 0.92) this.server.crash(this.random() < 0.5 ? 1012 : 1006)
    else this.server.restart()
    await this.clock.advance(this.pick(400))
  }

  async quiet(): Promise<void> {
    this.server.restart()
    for (const { page } of this.browsers) page.retryNow()
    await this.clock.advance(120_000)
  }

  #newBrowser(): void {
    const store = new MemoryStore(true)
    this.browsers.push({ store, page: this.#open(store) })
  }

  #open(store: MemoryStore): NoteSession {
    return openNote(this.server, { store, random: this.random })
  }

  /** Words are told apart by their number; `~` marks what may be deleted. */
  #type({ page }: Browser): void {
    const word = `<${this.typed.length}>`
    this.typed.push(word)
    const places = [...textOf(page).matchAll(/(?<=[>~]|^)/g)].map((match) => match.index)
    page.text.insert(places[this.pick(places.length)] ?? 0, this.random() < 0.3 ? `${word}~` : word)
  }

  #deleteOwnMark({ page }: Browser): void {
    const mark = textOf(page).indexOf('~')
    if (mark >= 0) page.text.delete(mark, 1)
  }

  #cutOne(): void {
    const sockets = [...this.server.sockets]
    const socket = sockets[this.pick(sockets.length)]
    if (socket) this.server.cut(socket)
  }

  /** The page dies without a word; what its last tick wrote is on the device. */
  async #crashPage(browser: Browser): Promise<void> {
    await this.clock.advance(0)
    const left = await browser.store.load('note')
    await browser.page.destroy()
    browser.store = new MemoryStore(true)
    if (left.copy) await browser.store.saveCopy('note', left.copy)
    for (const { update } of left.unsent) await browser.store.append('note', update)
    browser.page = this.#open(browser.store)
  }

  async #powerCut(browser: Browser): Promise<void> {
    this.#type(browser)
    await this.clock.advance(this.pick(200))
    this.server.crash()
    await this.#crashPage(browser)
    this.server.restart()
  }

  async #reload(browser: Browser): Promise<void> {
    await browser.page.destroy()
    browser.page = this.#open(browser.store)
  }
}

it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  'seed %i: all converge and nothing typed is lost',
  async (seed) => {
    const world = new World(seed)
    for (let step = 0; step < STEPS; step += 1) await world.step()
    await world.quiet()
    const { server } = world
    for (const { page, store } of world.browsers) {
      expect(page.status.get()).toMatchObject({ connection: 'live', saving: { kind: 'saved', settled: true } })
      expect(textOf(page)).toBe(server.text)
      expect(Y.encodeStateVector(page.doc)).toEqual(Y.encodeStateVector(server.doc))
      expect((await store.load('note')).unsent).toEqual([])
    }
    expect(world.typed.filter((word) => !server.text.includes(word))).toEqual([])
    expect(server.gaps).toBe(0)
  },
)
