import { describe, expect, test } from 'vitest'
import type { ShareLink } from '../src/api/links'
import { draftOf, newDraft, termsOf } from '../src/share/terms'
import { aboutLink, showsInChats } from '../src/share/words'

const link: ShareLink = {
  id: 'l1',
  url: 'https://notes.example.org/s/x',
  label: null,
  level: 'viewer',
  audience: 'anyone',
  expires_at: null,
  max_uses: null,
  preview: 'full',
  has_password: false,
  uses: 0,
  created_at: '2026-05-10T11:59:30Z',
  revoked_at: null,
  people: 0,
  opened_at: null,
  edited_at: null,
  openings: 0,
  edits: 0,
}
const open = { level: 'viewer', label: null, audience: 'anyone', preview: 'full', max_uses: null, expires_at: null }

describe('the options of a link', () => {
  test('nothing said is a link for anyone without any limit', () => {
    expect(termsOf(newDraft('viewer'))).toEqual(open)
  })

  test('what is typed is told in the form of the server', () => {
    const draft = { ...newDraft('editor'), label: ' Team ', until: '2026-06-01T12:30', uses: '5', password: 'sesame' }
    const terms = termsOf(draft)
    expect(terms).toMatchObject({ level: 'editor', label: 'Team', max_uses: 5, password: 'sesame' })
    expect(Date.parse(terms.expires_at ?? '')).toBe(new Date(2026, 5, 1, 12, 30).getTime())
  })

  test('what is not touched stays: the end to the second, and the password', () => {
    const before = { ...link, expires_at: '2026-06-01T12:30:45.678Z', has_password: true }
    const terms = termsOf(draftOf(before), before)
    expect(terms).not.toHaveProperty('expires_at')
    expect(terms).not.toHaveProperty('password')
  })

  test('an end and a password can be taken away', () => {
    const before = { ...link, expires_at: '2026-06-01T12:30:00Z', has_password: true }
    const draft = { ...draftOf(before), until: '', noPassword: true, password: 'typed before' }
    expect(termsOf(draft, before)).toMatchObject({ expires_at: null, password: null })
  })
})

describe('what an owner reads of a link', () => {
  const now = new Date('2026-05-10T12:00:00Z')
  test.each<[Partial<ShareLink>, string]>([
    [{}, 'made just now'],
    [{ label: 'Team', level: 'editor' }, 'can edit, made just now'],
    [{ max_uses: 5, uses: 2, has_password: true }, 'with a password, 2 of 5 have used it, made just now'],
    [{ openings: 1, edits: 1, people: 1 }, 'made just now, opened once, 1 edit, 1 person is on it'],
    [{ openings: 12, edits: 40, people: 3 }, 'made just now, opened 12 times, 40 edits, 3 people are on it'],
    [{ audience: 'shared', expires_at: '2026-05-09T12:00:00Z' }, 'for those it is shared with, over, made just now'],
  ])('%j', (more, words) => expect(aboutLink({ ...link, ...more }, now, 'en-US')).toBe(words))
})

describe('what chats show of a link', () => {
  const now = new Date('2026-05-10T12:00:00Z')
  test.each([
    [{}, true],
    [{ preview: 'title' }, true],
    [{ preview: 'none' }, false],
    [{ audience: 'shared' }, false],
    [{ has_password: true }, false],
    [{ max_uses: 2, uses: 1 }, true],
    [{ max_uses: 2, uses: 2 }, false],
    [{ expires_at: '2026-05-10T12:00:01Z' }, true],
    [{ expires_at: '2026-05-10T12:00:00Z' }, false],
  ] as const)('%o', (terms, shown) => expect(showsInChats({ ...link, ...terms }, now)).toBe(shown))
})
