import { describe, expect, test } from 'vitest'
import { beginOf } from '../src/api/notes'
import { addressOf, wantedBy } from '../src/start/wanted'

describe('which notes an address means', () => {
  test.each([
    ['/', { show: 'owned', sort: 'modified', since: 'ever', from: '', query: '' }],
    ['/?show=shared&from=0190', { show: 'shared', sort: 'modified', since: 'ever', from: '0190', query: '' }],
    ['/?show=trash', { show: 'trash', sort: 'modified', since: 'ever', from: '', query: '' }],
    [
      '/?show=shared&sort=title&since=week&q=a+b',
      { show: 'shared', sort: 'title', since: 'week', from: '', query: 'a b' },
    ],
  ] as const)('%s', (address, wanted) => {
    expect(wantedBy(address.slice(1))).toEqual(wanted)
    expect(addressOf(wanted)).toBe(address)
  })

  test('what nobody could mean is what is always shown', () => {
    expect(wantedBy('?show=everything&sort=random&since=noon')).toEqual({
      show: 'owned',
      sort: 'modified',
      since: 'ever',
      from: '',
      query: '',
    })
  })
})

test.each([
  ['today', new Date(2026, 2, 1)],
  ['week', new Date(2026, 1, 23)],
  ['month', new Date(2026, 0, 31)],
] as const)('what changed “%s” began at a midnight', (since, begin) => {
  expect(beginOf(since, new Date(2026, 2, 1, 17, 30))).toEqual(begin)
})
