import { describe, expect, test } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import { Doc } from 'yjs'
import { endingOf } from '../src/editor/ending'
import { fileName } from '../src/editor/files'
import { initials, peopleIn } from '../src/presence/people'
import { routeOf } from '../src/route'

describe('people here', () => {
  const awareness = new Awareness(new Doc())
  const user = (id: string) => ({ user: { id, name: id, color: '#111', colorLight: '#eee' } })
  awareness.states.set(1, user('bob'))
  awareness.states.set(2, user('bob'))
  awareness.states.set(3, user('me'))
  awareness.states.set(4, { cursor: null })
  awareness.destroy()

  test('each once, without me and without those who have no name yet', () => {
    expect(peopleIn(awareness, 'me')).toMatchObject([{ id: 'bob', clients: [1, 2] }])
  })
  test.each([
    ['Amber Fox', 'AF'],
    ['ada', 'A'],
    ['Jean Luc Picard', 'JP'],
    ['👩‍🚀 Eve', '👩E'],
  ])('%s is %s', (name, letters) => expect(initials(name)).toBe(letters))
})

test.each([
  [{ code: 4403, reason: 'link_revoked' }, 'This link was turned off'],
  [{ code: 4403, reason: 'forbidden' }, 'This note is no longer shared with you'],
  [{ code: 4404, reason: 'not_found' }, 'No note here'],
  [{ code: 4410, reason: 'in_trash' }, 'This note is in the trash'],
  [{ code: 4413, reason: 'doc_full' }, 'This note is full'],
  [{ code: 4499, reason: 'new' }, 'Something could not be saved'],
])('an end: %j', (closed, title) => expect(endingOf(closed).title).toBe(title))

test.each([
  ['Trip to Rome', 'Trip to Rome.md'],
  ['a/b\\c: "d"?\n', 'a b c d.md'],
  ['...', 'Untitled.md'],
  ['名前', '名前.md'],
])('the file of %j', (title, name) => expect(fileName(title)).toBe(name))

test.each([
  ['/', { screen: 'start' }],
  ['/d/0190', { screen: 'note', id: '0190' }],
  ['/s/AQx_-9', { screen: 'link', token: 'AQx_-9' }],
  ['/d/', { screen: 'nowhere' }],
  ['/else', { screen: 'nowhere' }],
])('%s', (path, route) => expect(routeOf(path)).toEqual(route))
