import { afterAll, beforeAll, expect, it } from 'vitest'
import { StickyServer } from './server'
import { StockClient } from './stock'
import { untilText } from './until'

const TYPED = ['👩‍👩‍👧', 'é', '漢', 'a', ' ', '🎉', '🇯🇵', '\n']

let server: StickyServer

beforeAll(async () => {
  server = await StickyServer.start()
})

afterAll(async () => {
  await server.destroy()
})

type Change = { method: 'PUT' | 'PATCH'; type: string; body: string; leaves: RegExp }

const patch = (operation: object, leaves: RegExp): Change => ({
  method: 'PATCH',
  type: 'application/json',
  body: JSON.stringify(operation),
  leaves,
})

const CHANGES: [string, Change][] = [
  ['append', patch({ op: 'append', text: '\nthe end 🏁' }, /the end 🏁/)],
  ['prepend', patch({ op: 'prepend', text: '🚀 start\n' }, /🚀 start/)],
  ['insert', patch({ op: 'insert', at: 0, text: '👋🏽' }, /👋🏽/)],
  ['replace', patch({ op: 'replace', find: 'milk 🥛', with: 'oat milk 🌾' }, /oat milk 🌾/)],
  ['tick', patch({ op: 'tick', text: 'bread 🍞', checked: true }, /- \[x\] bread 🍞/)],
  [
    'put',
    { method: 'PUT', type: 'text/markdown', body: '# List ✅\n- [ ] milk 🥛\n- [ ] bread 🍞\n', leaves: /# List ✅/ },
  ],
]

it.each(CHANGES)('%s keeps what two people type meanwhile, emoji and all', async (_, change) => {
  const note = await makeNote('# List\n- [ ] milk 🥛\n- [ ] bread 🍞\n')
  const people = [new StockClient(server, note), new StockClient(server, note)] as const
  await Promise.all(people.map((person) => untilText(person.doc, '# List\n- [ ] milk 🥛\n- [ ] bread 🍞\n')))

  const read = await etag(note)
  const typing = Promise.all(people.map((person, index) => type(person, `«${index}`)))
  const answer = await send(note, change, read)
  expect(answer.status, await answer.clone().text()).toBe(200)
  const typed = await typing

  const text = await settledText(note, people)
  expect(text).toMatch(change.leaves)
  for (const word of typed) expect(text).toContain(word)
  expect(text).not.toContain('\u{fffd}')
  for (const person of people) person.destroy()
})

it('refuses a change of text that is not there, and leaves the note alone', async () => {
  const note = await makeNote('plain')
  const answer = await send(note, patch({ op: 'replace', find: 'nowhere', with: 'x' }, /plain/))
  expect([answer.status, (await answer.json()).code]).toEqual([409, 'not_found_in_text'])
  expect(await content(note)).toBe('plain')
})

/** Types a mark and then whole characters at the end, one transaction each, a turn of the event loop between them. */
async function type(person: StockClient, mark: string): Promise<string> {
  for (const character of [mark, ...TYPED]) {
    person.text.insert(person.text.length, character)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return mark
}

async function settledText(note: string, people: readonly StockClient[]): Promise<string> {
  const last = new StockClient(server, note)
  for (const person of people) person.text.insert(person.text.length, '.')
  const ended = (text: string) => (text.match(/\./g)?.length ?? 0) >= people.length
  while (!ended(last.text.toString())) await new Promise<void>((resolve) => last.doc.once('update', () => resolve()))
  const text = last.text.toString()
  await Promise.all(people.map((person) => untilText(person.doc, text)))
  last.destroy()
  return text
}

async function makeNote(text: string): Promise<string> {
  const made = await fetch(`${server.origin}/api/v1/documents`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  })
  const { id } = await made.json()
  await fetch(`${server.origin}/api/v1/documents/${id}/content`, {
    method: 'PUT',
    headers: { 'Content-Type': 'text/markdown' },
    body: text,
  })
  return id
}

function send(note: string, { method, type, body }: Change, read?: string): Promise<Response> {
  return fetch(`${server.origin}/api/v1/documents/${note}/content`, {
    method,
    headers: { 'Content-Type': type, ...(read && method === 'PUT' ? { 'If-Match': read } : {}) },
    body,
  })
}

async function content(note: string): Promise<string> {
  return (await fetch(`${server.origin}/api/v1/documents/${note}/content`)).text()
}

async function etag(note: string): Promise<string> {
  const read = await fetch(`${server.origin}/api/v1/documents/${note}/content`)
  return read.headers.get('etag') ?? ''
}
