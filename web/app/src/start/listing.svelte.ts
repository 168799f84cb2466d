import {
  type Filter,
  type Found,
  findNotes,
  type Listed,
  listNotes,
  type Note,
  type Somebody,
  type Wanted,
} from '../api/notes'
import { filtersIn, without } from './filters'

type Part = { items: (Listed | Found)[]; next_cursor: string | null }

/** The notes that answer to what is wanted, page after page. An answer to what is wanted no more is dropped. */
export class Listing {
  notes = $state.raw<(Listed | Found)[]>([])
  /** From whom the notes are that were seen so far. */
  senders = $state.raw<Somebody[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  next = $state<string | null>(null)
  /** Of several filters that leave nothing, those without which there would be something. */
  hiding = $state.raw<Filter[]>([])
  #wanted: Wanted
  #asked = 0

  constructor(wanted: Wanted) {
    this.#wanted = wanted
    this.load()
  }

  want(wanted: Wanted): Promise<void> {
    if (wanted.show !== this.#wanted.show) this.notes = []
    this.#wanted = wanted
    return this.load()
  }

  load(): Promise<void> {
    return this.#ask(null)
  }

  more(): Promise<void> {
    return this.#ask(this.next)
  }

  drop(note: Note): void {
    this.notes = this.notes.filter(({ id }) => id !== note.id)
  }

  async #ask(cursor: string | null): Promise<void> {
    const asked = ++this.#asked
    this.phase = 'loading'
    try {
      const { items, next_cursor } = await read(this.#wanted, cursor)
      if (asked !== this.#asked) return
      this.notes = cursor ? [...this.notes, ...items] : items
      this.next = next_cursor
      this.senders = sendersOf(this.senders, items)
      this.phase = 'ready'
      this.hiding = []
      if (this.notes.length === 0) await this.#lookBehind(asked)
    } catch {
      if (asked === this.#asked) this.phase = 'failed'
    }
  }

  async #lookBehind(asked: number): Promise<void> {
    const hiding = await hidingIn(this.#wanted).catch(() => [])
    if (asked === this.#asked) this.hiding = hiding
  }
}

async function hidingIn(wanted: Wanted): Promise<Filter[]> {
  const filters = isSearch(wanted) ? [] : filtersIn(wanted)
  if (filters.length < 2) return []
  const behind = await Promise.all(filters.map((filter) => listNotes(without(wanted, [filter]), null, 1)))
  return filters.filter((_, index) => behind[index]?.items.length)
}

/** A search goes through everything that one has; in the trash it is for a title. */
async function read(wanted: Wanted, cursor: string | null): Promise<Part> {
  if (!isSearch(wanted)) return listNotes(wanted, cursor)
  return { ...(await findNotes(wanted.query)), next_cursor: null }
}

function sendersOf(known: Somebody[], items: (Listed | Found)[]): Somebody[] {
  const senders = new Map(known.map((sender) => [sender.id, sender]))
  for (const item of items) if ('shared_by' in item && item.shared_by) senders.set(item.shared_by.id, item.shared_by)
  return [...senders.values()]
}

export function isSearch({ show, query }: Wanted): boolean {
  return query !== '' && show !== 'trash'
}
