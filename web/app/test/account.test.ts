import { describe, expect, test } from 'vitest'
import { nextPage, takeProblem } from '../src/account/next'
import { whatElsewhere, whatWentWrong } from '../src/account/words'
import { ApiError } from '../src/api/http'

describe('where to go on after signing in', () => {
  const origin = 'https://notes.example.org'
  test.each([
    ['', '/'],
    ['?next=/s/AQID', '/s/AQID'],
    ['?next=%2F%3Fshow%3Dtrash', '/?show=trash'],
    ['?next=https://notes.example.org/account', '/account'],
    ['?next=/keep?next=%2Fs%2FAQID', '/s/AQID'],
    ['?next=/keep', '/'],
    ['?next=/keep?next=//evil.example.org/', '/'],
    ['?next=https://evil.example.org/', '/'],
    ['?next=//evil.example.org/', '/'],
    ['?next=/\\evil.example.org/', '/'],
    ['?next=javascript:alert(1)', '/'],
  ])('%s', (search, page) => expect(nextPage(search, origin)).toBe(page))
})

test('why another service sent one back is told once', () => {
  history.replaceState(null, '', '/sign-in?problem=denied&next=%2Fgroups')
  expect(takeProblem()).toBe('denied')
  expect(location.pathname + location.search).toBe('/sign-in?next=%2Fgroups')
  expect(takeProblem()).toBe(null)
})

test.each([
  [null, ''],
  ['denied', 'Not there.'],
  ['login_refused', 'That took too long, or was begun somewhere else. Try again.'],
  ['what nobody knows', 'That did not work. Try again.'],
])('what became of it elsewhere: %s', (code, words) => expect(whatElsewhere(code, 'Not there.')).toBe(words))

describe('what went wrong', () => {
  const fallback = 'That did not work.'
  test.each([
    [new ApiError('taken', 409, ''), 'Somebody has this username already. Choose another.'],
    [new ApiError('too_many_attempts', 429, '', undefined, 1), 'Too many tries. Try again in 1 second.'],
    [new ApiError('too_many_attempts', 429, '', undefined, 300), 'Too many tries. Try again in 5 minutes.'],
    [new ApiError('too_many_attempts', 429, ''), 'Too many tries. Try again in a while.'],
    [new ApiError('internal', 500, 'a word of ours'), fallback],
    [new TypeError(), fallback],
  ])('%o', (error, words) => expect(whatWentWrong(error, fallback)).toBe(words))
})
