import { describe, expect, test } from 'vitest'
import { nextPage } from '../src/account/next'
import { whatWentWrong } from '../src/account/words'
import { ApiError } from '../src/api/http'

describe('where to go on after signing in', () => {
  const origin = 'https://notes.example.org'
  test.each([
    ['', '/'],
    ['?next=/s/AQID', '/s/AQID'],
    ['?next=%2F%3Fshow%3Dtrash', '/?show=trash'],
    ['?next=https://notes.example.org/account', '/account'],
    ['?next=https://evil.example.org/', '/'],
    ['?next=//evil.example.org/', '/'],
    ['?next=/\\evil.example.org/', '/'],
    ['?next=javascript:alert(1)', '/'],
  ])('%s', (search, page) => expect(nextPage(search, origin)).toBe(page))
})

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
