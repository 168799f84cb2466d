import type { Answer } from './answer'
import { call } from './http'
import type { Me, Provider } from './me'

/** Whatever may act for a user: a browser that has signed in, or a key for a program. */
export type Key = Answer<'TokenAnswer'>
export type Scope = Answer<'ScopeName'>

export const signIn = (username: string, password: string) =>
  call<Me>('POST', '/api/v1/login/browser', { username, password })
export const signOut = () => call<void>('POST', '/api/v1/logout', {})
export const changePassword = (current: string | null, next: string) =>
  call<void>('POST', '/api/v1/me/password', { ...(current !== null && { current }), new: next })
export const leave = (password: string | null) =>
  call<void>('DELETE', '/api/v1/me', { ...(password !== null && { password }) })

export const listKeys = () => call<Answer<'TokensAnswer'>>('GET', '/api/v1/me/tokens')
export const endKey = (id: string) => call<void>('DELETE', `/api/v1/me/tokens/${id}`)
export const makeKey = (label: string, scope: Scope, expiresAt: string | null) =>
  call<Answer<'NewTokenAnswer'>>('POST', '/api/v1/me/tokens', {
    scope,
    ...(label && { label }),
    ...(expiresAt && { expires_at: expiresAt }),
  })

export function signUp(username: string, password: string, name: string): Promise<Answer<'UserAnswer'>> {
  return call('POST', '/api/v1/users', { username, password, ...(name && { name }) })
}

/** Where this browser goes to sign in with `provider`; it comes back to `next`. */
export const setOut = (provider: Provider, next: string) =>
  call<Answer<'Way'>>('POST', `/api/v1/providers/${encodeURIComponent(provider.id)}/login`, { return_to: next })
