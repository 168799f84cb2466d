import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { seeded } from '../client/test/support/random'
import { Browser } from './browser'
import { StickyServer } from './server'
import { StockClient } from './stock'
import { listenTo, until } from './until'

const STEPS = 80
const SYNC = 0

let server: StickyServer
beforeAll(async () => {
  server = await StickyServer.start()
})
afterAll(() => server.destroy())

/** One person on the note, whichever client they use. */
type Peer = { doc: Y.Doc; cut(): void; close(): Promise<void> }

function ours(note: string, random: () => number): Peer {
  const browser = new Browser(server)
  const session = browser.open(note, { random })
  return { doc: session.doc, cut: () => browser.cut(), close: () => browser.close() }
}

/** A stock client whose network repeats frames, and cuts the connection in the middle of some. */
function stock(note: string, random: () => number): Peer {
  const sockets = new Set<WebSocket>()
  class FaultySocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      sockets.add(this)
      this.on('close', () => sockets.delete(this))
    }

    override send(data: Uint8Array): void {
      const chance = random()
      if (chance < 0.03) return this.terminate()
      super.send(data)
      if (chance < 0.15 && data[0] === SYNC) super.send(data)
    }
  }
  const client = new StockClient(server, note, {}, FaultySocket as unknown as typeof WebSocket)
  const cut = () => {
    for (const socket of sockets) socket.terminate()
  }
  return { doc: client.doc, cut, close: async () => client.destroy() }
}

class Round {
  readonly note = randomUUID()
  readonly random: () => number
  readonly peers: Peer[]
  readonly typed: string[] = []

  constructor(seed: number) {
    this.random = seeded(seed)
    const count = 5 + this.pick(4)
    const make = (index: number) => (index % 2 === 0 ? ours : stock)(this.note, this.random)
    this.peers = Array.from({ length: count }, (_, index) => make(index))
  }

  pick(below: number): number {
    return Math.floor(this.random() * below)
  }

  async run(): Promise<void> {
    const restartAt = this.pick(STEPS)
    for (let step = 0; step < STEPS; step += 1) {
      if (step === restartAt) await this.#restart()
      this.#act(this.peers[this.pick(this.peers.length)]!)
      await wait(this.pick(12))
    }
  }

  /** Everyone, and somebody who comes only now, has the same text. */
  async settle(): Promise<void> {
    const newcomer = stock(this.note, () => 1)
    this.peers.push(newcomer)
    const all = () => this.peers.map(({ doc }) => doc)
    await until(
      () => new Set(all().map(stateOf)).size === 1 && this.typed.every((word) => textOf(newcomer.doc).includes(word)),
      (tell) => {
        const stops = all().map((doc) => listenTo(doc, tell))
        return () => stops.forEach((stop) => void stop())
      },
      () => `the peers differ:\n${all().map(stateOf).join('\n')}\nlost: ${this.lost()}`,
      30_000,
    )
  }

  lost(): string[] {
    return this.typed.filter((word) => !this.peers.every(({ doc }) => textOf(doc).includes(word)))
  }

  async close(): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer.close()))
  }

  #act(peer: Peer): void {
    const chance = this.random()
    if (chance < 0.8) this.#type(peer.doc.getText('content'))
    else if (chance < 0.92) deleteMark(peer.doc.getText('content'))
    else peer.cut()
  }

  #type(text: Y.Text): void {
    const word = `<${this.typed.length}>`
    this.typed.push(word)
    const places = [...text.toString().matchAll(/(?<=[>~]|^)/g)].map((match) => match.index)
    text.insert(places[this.pick(places.length)] ?? 0, this.random() < 0.3 ? `${word}~` : word)
  }

  async #restart(): Promise<void> {
    if (this.random() < 0.5) await server.kill()
    else await server.stop()
    await server.start()
  }
}

/** `~` is the only thing that anyone deletes. */
function deleteMark(text: Y.Text): void {
  const mark = text.toString().indexOf('~')
  if (mark >= 0) text.delete(mark, 1)
}

function textOf(doc: Y.Doc): string {
  return doc.getText('content').toString()
}

function stateOf(doc: Y.Doc): string {
  const vector = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b)
  return JSON.stringify([textOf(doc), vector])
}

/** `STICKY_SEED` replays one; `STICKY_SEEDS` says how many there are. */
function seeds(): number[] {
  const { STICKY_SEED, STICKY_SEEDS } = process.env
  if (STICKY_SEED) return [Number(STICKY_SEED)]
  return Array.from({ length: Number(STICKY_SEEDS ?? 20) }, (_, seed) => seed)
}

it.each(seeds())('seed %i: all converge and nothing typed is lost', async (seed) => {
  const round = new Round(seed)
  await round.run()
  await round.settle()
  expect(round.lost()).toEqual([])
  await round.close()
})
