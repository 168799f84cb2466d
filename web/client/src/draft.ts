import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

/** A stretch of text that was typed here, and the character of the server's text that it follows. */
export type Run = { text: string; after: CharacterId | 'start' | 'end' }
type CharacterId = { client: number; clock: number }
type Range = { client: number; clock: number; length: number }
/** What somebody did that the server lacks, in terms of what the server has. */
export type UnsentEdits = { runs: Run[]; deleted: Range[] }

/** Origin of the transaction that makes unsent edits again in another document. */
export const REAPPLIED = Symbol('reapplied')

/**
 * Reads the edits of `updates` (which `text` contains, or holds pending) against the rest of `text`. Without `server`,
 * the server's document, all of them count as unsent; with it, only what it lacks.
 */
export function unsentEdits(text: Y.Text, updates: Uint8Array[], server?: Y.Doc): UnsentEdits {
  const decoded = updates.map((update) => Y.decodeUpdate(update))
  const structs = decoded.flatMap((update) => update.structs).filter((struct) => !(server && holds(server, struct)))
  const inserted = new Ranges(structs.map(rangeOf))
  const deleted = decoded.flatMap(({ ds }) => deletedRanges(ds))
  return {
    runs: joined([...visibleRuns(text, inserted), ...strandedRuns(text, structs)]),
    deleted: deleted.filter((range) => !inserted.has(range.client, range.clock)),
  }
}

/** The text alone, one line per stretch; null when nothing but deletions is unsent. */
export function plainText({ runs }: UnsentEdits): string | null {
  const texts = runs.map((run) => run.text).filter((text) => text.trim() !== '')
  return texts.length === 0 ? null : texts.join('\n')
}

/** Makes the edits again in `text`, which holds the server's state, each where it was made. */
export function reapply({ runs, deleted }: UnsentEdits, text: Y.Text): void {
  const doc = text.doc ?? never()
  // Not in the transaction below: Yjs takes whatever shares a transaction with an applied update for somebody else's.
  if (deleted.length > 0) Y.applyUpdate(doc, deletionUpdate(deleted), REAPPLIED)
  doc.transact(() => insertAll(runs, text), REAPPLIED)
}

function insertAll(runs: Run[], text: Y.Text): void {
  const places = runs.map((run) => ({ run, index: indexAfter(run.after, text) }))
  // From the end, so that an insertion does not move the places before it.
  for (const { run, index } of places.reverse()) text.insert(index, run.text)
}

function never(): never {
  throw new Error('a text that is part of no document')
}

class Ranges {
  readonly #byClient = new Map<number, Range[]>()

  constructor(ranges: Range[]) {
    for (const range of ranges.toSorted((a, b) => a.clock - b.clock)) this.#add(range)
  }

  has(client: number, clock: number): boolean {
    return this.#of(client).some((range) => clock >= range.clock && clock < endOf(range))
  }

  /** Where the answer of `has` may next differ from that at `clock`, at most `end`. */
  boundary(client: number, clock: number, end: number): number {
    const edges = this.#of(client).flatMap((range) => [range.clock, endOf(range)])
    return Math.min(end, ...edges.filter((edge) => edge > clock))
  }

  #of(client: number): Range[] {
    return this.#byClient.get(client) ?? []
  }

  /** Typing makes one short range per change, each beginning where the last one ends. */
  #add(range: Range): void {
    const ranges = this.#of(range.client)
    const last = ranges.at(-1)
    if (last && range.clock <= endOf(last)) last.length = Math.max(last.length, endOf(range) - last.clock)
    else this.#byClient.set(range.client, [...ranges, { ...range }])
  }
}

function endOf(range: Range): number {
  return range.clock + range.length
}

function visibleRuns(text: Y.Text, inserted: Ranges): Run[] {
  const runs: Run[] = []
  let after: Run['after'] = 'start'
  for (let item = text._start; item !== null; item = item.right) {
    for (const part of partsOf(item, inserted)) {
      if (!part.unsent) after = part.last
      else if (part.text !== '') runs.push({ text: part.text, after })
    }
  }
  return runs
}

type Part = { unsent: boolean; text: string; last: CharacterId }

/** Yjs joins neighbouring items of one client, whether or not the server has both. */
function partsOf(item: Y.Item, inserted: Ranges): Part[] {
  const { client, clock } = item.id
  const end = clock + item.length
  const string = !item.deleted && item.content instanceof Y.ContentString ? item.content.str : ''
  const parts: Part[] = []
  for (let from = clock; from < end; ) {
    const to = inserted.boundary(client, from, end)
    parts.push({
      unsent: inserted.has(client, from),
      text: string.slice(from - clock, to - clock),
      last: { client, clock: to - 1 },
    })
    from = to
  }
  return parts
}

type Decoded = ReturnType<typeof Y.decodeUpdate>
type Struct = Decoded['structs'][number]

/**
 * Does the server have this very block? Somebody else's block under the same id is told apart by what it says and by
 * the character that it follows; of a deleted one neither is left.
 */
function holds(server: Y.Doc, struct: Struct): boolean {
  const { client, clock } = struct.id
  if (Y.getState(server.store, client) < clock + struct.length) return false
  const theirs = Y.getItem(server.store, struct.id)
  if (!(theirs instanceof Y.Item) || theirs.deleted || !(struct instanceof Y.Item)) return true
  const offset = clock - theirs.id.clock
  const origin = offset === 0 ? theirs.origin : Y.createID(client, clock - 1)
  return Y.compareIDs(origin, struct.origin) && charAt(theirs, offset) === charAt(struct, 0)
}

function charAt(item: Y.Item, offset: number): string {
  return item.content instanceof Y.ContentString ? item.content.str.charAt(offset) : ''
}

/** Text whose surroundings never arrived here (the copy was older): Yjs holds it back, so it stands in no place. */
function strandedRuns(text: Y.Text, structs: Struct[]): Run[] {
  const { store } = text.doc ?? never()
  return structs
    .filter((struct) => struct.id.clock >= Y.getState(store, struct.id.client))
    .flatMap((struct) =>
      struct instanceof Y.Item && struct.content instanceof Y.ContentString ? [struct.content.str] : [],
    )
    .map((string) => ({ text: string, after: 'end' as const }))
}

function rangeOf(struct: { id: Y.ID; length: number }): Range {
  return { client: struct.id.client, clock: struct.id.clock, length: struct.length }
}

function deletedRanges(ds: Decoded['ds']): Range[] {
  return [...ds.clients].flatMap(([client, items]) =>
    items.map((item) => ({ client, clock: item.clock, length: item.len })),
  )
}

/** Neighbours that follow the same character are one stretch. */
function joined(runs: Run[]): Run[] {
  return runs.reduce<Run[]>((all, run) => {
    const last = all.at(-1)
    if (last && sameId(last.after, run.after)) last.text += run.text
    else all.push({ ...run })
    return all
  }, [])
}

function sameId(a: Run['after'], b: Run['after']): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.client === b.client && a.clock === b.clock
}

function indexAfter(place: Run['after'], text: Y.Text): number {
  if (place === 'start') return 0
  if (place === 'end') return text.length
  const position = Y.createRelativePositionFromJSON({ item: place, assoc: -1 })
  const absolute = Y.createAbsolutePositionFromRelativePosition(position, text.doc ?? never())
  return absolute?.type === text ? absolute.index : text.length
}

/** A Yjs update of no blocks and these deletions. */
function deletionUpdate(ranges: Range[]): Uint8Array {
  const out = encoding.createEncoder()
  const clients = new Map(ranges.map(({ client }) => [client, ranges.filter((range) => range.client === client)]))
  encoding.writeVarUint(out, 0)
  encoding.writeVarUint(out, clients.size)
  for (const [client, own] of clients) writeDeletions(out, client, own)
  return encoding.toUint8Array(out)
}

function writeDeletions(out: encoding.Encoder, client: number, ranges: Range[]): void {
  encoding.writeVarUint(out, client)
  encoding.writeVarUint(out, ranges.length)
  for (const { clock, length } of ranges) {
    encoding.writeVarUint(out, clock)
    encoding.writeVarUint(out, length)
  }
}
