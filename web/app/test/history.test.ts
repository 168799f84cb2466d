import { afterEach, describe, expect, test, vi } from 'vitest'
import { countWords, diff } from '../src/history/diff'
import { kept } from '../src/history/kept'
import { type Burst, readBursts, readMore } from '../src/history/past'
import { shortest } from '../src/history/shortest'
import { sittingAt, sittingsOf } from '../src/history/sittings'
import { changed, via, who } from '../src/history/words'

const burst = (first: number, last: number, id: string, second: number, link: string | null = null): Burst => ({
  first_seq: first,
  last_seq: last,
  began_at: new Date(second * 1_000).toISOString(),
  ended_at: new Date(second * 1_000).toISOString(),
  person: { id, name: id.toUpperCase() },
  link_id: link,
})

const marks = { kept: '', added: '+', removed: '-' }
const told = (before: string, after: string) => diff(before, after).map(({ kind, text }) => `${marks[kind]}${text}`)

describe('what changed', () => {
  test.each<[string, string, string[]]>([
    ['', '', []],
    ['same\n', 'same\n', ['same\n']],
    ['', 'new', ['+new']],
    ['old', '', ['-old']],
    ['milk and eggs', 'milk and six eggs', ['milk and ', '+six ', 'eggs']],
    ['one\ntwo\nthree', 'one\nthree', ['one\n', '-two\n', 'three']],
    ['call Ada now', 'call Bob Fox now', ['call ', '-Ada', '+Bob Fox', ' now']],
    ['the red car', 'the old bike', ['the ', '-red car', '+old bike']],
    ['- [ ] milk', '- [x] milk', ['- [', '- ', '+x', '] milk']],
    ['👩‍🚀 up', '👩‍🚒 up', ['-👩‍🚀', '+👩‍🚒', ' up']],
    ['猫が好き', '犬が好き', ['-猫', '+犬', 'が好き']],
  ])('%j -> %j', (before, after, pieces) => expect(told(before, after)).toEqual(pieces))

  test('whatever changed, the kept and removed are the text before, the kept and added the text after', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const some = () => Array.from({ length: random(40) }, () => ['a', 'bc', ' ', '\n', ', ', 'd'][random(6)]).join('')
    for (let round = 0; round < 400; round += 1) {
      const [before, after] = [some(), some()]
      const pieces = diff(before, after)
      const without = (kind: string) => pieces.filter((piece) => piece.kind !== kind).map(({ text }) => text)
      expect(without('added').join('')).toBe(before)
      expect(without('removed').join('')).toBe(after)
    }
  })

  test('is found by the fewest steps', () => {
    const steps = shortest([...'abcabba'], [...'cbabac']).filter(({ kind }) => kind !== 'kept')
    expect(steps.reduce((sum, { parts }) => sum + parts.length, 0)).toBe(5)
  })

  test('a long note that was rewritten does not stop the page', () => {
    const lines = (word: string) => Array.from({ length: 20_000 }, (_, at) => `${word} ${at}\n`).join('')
    const start = performance.now()
    expect(diff(lines('one'), lines('other')).map(({ kind }) => kind)).toEqual(['removed', 'added'])
    expect(performance.now() - start).toBeLessThan(3_000)
  })

  test.each([
    ['a b', 'a b', 'Nothing changed'],
    ['', 'one two', '2 words added'],
    ['one two', 'one', '1 word removed'],
    ['one two', 'one three four', '2 words added, 1 removed'],
    ['- [ ] it', '- [ ] it\n', 'Marks and spaces changed'],
  ])('%j -> %j is told as %s', (before, after, words) => expect(changed(diff(before, after))).toBe(words))

  test('words are counted, not marks', () => expect(countWords(diff('', '**a** - b'), 'added')).toBe(2))
})

describe('sittings', () => {
  const writers = (bursts: Burst[]) => sittingsOf(bursts).map(({ writers }) => writers.map(({ id }) => id).join('+'))

  test.each<[string, Burst[], string[]]>([
    ['one after the other', [burst(1, 4, 'ana', 0), burst(5, 6, 'bob', 1)], ['ana', 'bob']],
    ['at the same time', [burst(1, 1, 'ana', 0), burst(2, 2, 'bob', 5), burst(3, 3, 'ana', 9)], ['ana+bob']],
    ['an answer', [burst(1, 1, 'ana', 0), burst(2, 2, 'bob', 5), burst(3, 3, 'ana', 30)], ['ana', 'bob', 'ana']],
    ['the same person by a link', [burst(1, 1, 'ana', 0), burst(2, 2, 'ana', 0, 'x')], ['ana', 'ana']],
    ['nothing', [], []],
  ])('%s', (_, bursts, wanted) => expect(writers(bursts)).toEqual(wanted))

  test('reach from the first to the last change, and are found by any of them', () => {
    const sittings = sittingsOf([
      burst(1, 3, 'ana', 0),
      burst(4, 4, 'bob', 0),
      burst(5, 9, 'ana', 1),
      burst(10, 12, 'eve', 1),
    ])
    expect(sittings).toMatchObject([
      { first: 1, last: 9, ended: '1970-01-01T00:00:01.000Z' },
      { first: 10, last: 12 },
    ])
    expect([0, 1, 9, 10, 12].map((seq) => sittingAt(sittings, seq))).toEqual([-1, 0, 0, 1, 1])
  })

  test('tell who, and through which link only to those who know it', () => {
    const [sitting] = sittingsOf([burst(1, 1, 'ana', 0), burst(2, 2, 'bob', 0, 'x'), burst(3, 3, 'ana', 0)])
    expect(who(sitting!, 'ana', 'en')).toBe('You and BOB')
    expect(via(sitting!, new Map([['x', 'Design']]))).toBe('via link “Design”')
    expect(via(sitting!, new Map([['x', null]]))).toBe('via a link')
    expect(via(sitting!, new Map())).toBe('')
  })
})

describe('what was read once', () => {
  test('is kept while it is among the last, and asked for again when it failed', async () => {
    const asked: number[] = []
    const read = kept(async (key: number) => {
      asked.push(key)
      if (key === 9 && asked.length === 1) throw new Error('away')
      return key * 2
    }, 2)
    await expect(read(9)).rejects.toThrow('away')
    for (const key of [9, 9, 1, 9, 2, 9, 1]) expect(await read(key)).toBe(key * 2)
    expect(asked).toEqual([9, 9, 1, 2, 1])
  })
})

describe('the timeline', () => {
  afterEach(() => vi.unstubAllGlobals())

  function answers(parts: Record<string, { items: Burst[]; next_after: number | null }>): string[] {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (path: string) => {
      const after = new URL(path, 'http://here').searchParams.get('after') ?? ''
      asked.push(after)
      return Response.json(parts[after])
    })
    return asked
  }

  test('is read in parts to its end', async () => {
    const [one, two, three] = [burst(1, 4, 'ana', 0), burst(5, 6, 'bob', 1), burst(7, 7, 'ana', 60)]
    const asked = answers({ 0: { items: [one, two], next_after: 6 }, 6: { items: [three], next_after: null } })
    expect(await readBursts('note')).toEqual([one, two, three])
    expect(asked).toEqual(['0', '6'])
  })

  test('goes round what was removed for good', async () => {
    const rest = burst(8, 9, 'ana', 0)
    const gone = { code: 'pruned', status: 410, pruned_to: 7 }
    vi.stubGlobal('fetch', async (url: string) =>
      url.includes('after=0&')
        ? Response.json(gone, { status: 410 })
        : Response.json({ items: [rest], next_after: null }),
    )
    expect(await readBursts('note')).toEqual([rest])
  })

  test('goes on where the last person is still writing', async () => {
    const known = [burst(1, 4, 'ana', 0), burst(5, 6, 'bob', 1)]
    const [longer, next] = [burst(5, 9, 'bob', 1), burst(10, 10, 'ana', 2)]
    const asked = answers({ 4: { items: [longer, next], next_after: null }, 0: { items: [next], next_after: null } })
    expect(await readMore('note', known)).toEqual([known[0], longer, next])
    expect(await readMore('note', [])).toEqual([next])
    expect(asked).toEqual(['4', '0'])
  })
})
