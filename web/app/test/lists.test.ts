import { describe, expect, test } from 'vitest'
import { beginOf, type Wanted } from '../src/api/notes'
import { narrowings, onShelf, wayOut, whyNothing, without } from '../src/start/filters'
import { addressOf, wantedBy } from '../src/start/wanted'

const usual: Wanted = { show: 'owned', sort: 'modified', since: 'ever', from: '', whom: '', label: '', query: '' }

describe('which notes an address means', () => {
  test.each<[string, Partial<Wanted>]>([
    ['/', {}],
    ['/?show=shared&from=0190', { show: 'shared', from: '0190' }],
    ['/?show=trash', { show: 'trash' }],
    ['/?with=0191&label=For+Bob', { whom: '0191', label: 'For Bob' }],
    ['/?show=shared&sort=title&since=week&q=a+b', { show: 'shared', sort: 'title', since: 'week', query: 'a b' }],
  ])('%s', (address, said) => {
    expect(wantedBy(address.slice(1))).toEqual({ ...usual, ...said })
    expect(addressOf({ ...usual, ...said })).toBe(address)
  })

  test('what nobody could mean is what is always shown', () => {
    expect(wantedBy('?show=everything&sort=random&since=noon')).toEqual(usual)
  })
})

test.each([
  ['today', new Date(2026, 2, 1)],
  ['week', new Date(2026, 1, 23)],
  ['month', new Date(2026, 0, 31)],
] as const)('what changed “%s” began at a midnight', (since, begin) => {
  expect(beginOf(since, new Date(2026, 2, 1, 17, 30))).toEqual(begin)
})

describe('what narrows a list', () => {
  const called = (id: string) => ({ '0190': 'Ada', '0191': 'Cooks' })[id] ?? 'someone'
  const nothing = (said: Partial<Wanted>) => {
    const wanted = { ...usual, ...said }
    return whyNothing(wanted, narrowings(wanted, called))
  }

  test.each<[Partial<Wanted>, string]>([
    [{ whom: '0191' }, 'None of your notes is shared with Cooks.'],
    [{ label: 'For Bob' }, 'None of your notes has a link with the label “For Bob”.'],
    [{ show: 'shared', from: '0190' }, 'Nothing that is shared with you is from Ada.'],
    [{ show: 'shared', from: '0192' }, 'Nothing that is shared with you is from someone.'],
    [{ show: 'trash', query: 'rome' }, 'Nothing in the trash has “rome” in its title.'],
    [
      { whom: '0190', label: 'x', since: 'week' },
      'None of your notes is shared with Ada, has a link with the label “x”, and was changed in the last 7 days.',
    ],
  ])('%o', (said, words) => expect(nothing(said)).toBe(words))

  test('is to blame where without it something would be left', () => {
    const narrowed = narrowings({ ...usual, whom: '0190', label: 'x', since: 'today' }, called)
    expect(wayOut([], narrowed)).toBe('')
    expect(wayOut(['since'], narrowed)).toBe('Without “Changed today” there would be some.')
    expect(wayOut(['whom', 'since'], narrowed)).toBe(
      'Without “Shared with Ada” or “Changed today” there would be some.',
    )
  })

  test('can be taken off, and stays behind on another shelf', () => {
    const wanted: Wanted = { ...usual, whom: '0190', label: 'x', since: 'today', sort: 'title', query: 'q' }
    expect(without(wanted, ['since', 'label'])).toEqual({ ...usual, whom: '0190', sort: 'title', query: 'q' })
    expect(onShelf(wanted, 'trash')).toEqual({ ...usual, show: 'trash', since: 'today', sort: 'title' })
  })
})
