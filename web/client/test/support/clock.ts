import type { Clock } from '../../src/clock'

/** A clock that moves only when told to; what is due runs in order, with all promises settled in between. */
export class FakeClock implements Clock {
  #now = 1_000_000
  #tasks: { at: number; order: number; task: () => void }[] = []
  #order = 0

  now(): number {
    return this.#now
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#now + ms, order: this.#order++, task }
    this.#tasks.push(entry)
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry)
    }
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await settle()
    for (let next = this.#due(until); next; next = this.#due(until)) {
      this.#now = Math.max(this.#now, next.at)
      this.#tasks = this.#tasks.filter((other) => other !== next)
      next.task()
      await settle()
    }
    this.#now = until
  }

  #due(until: number) {
    return this.#tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0]
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve()
}
