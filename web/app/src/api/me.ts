import type { Answer } from './answer'
import { call } from './http'

export type Me = Answer<'Me'>
export type Person = Answer<'PersonAnswer'>
/** Somewhere else where people can prove who they are. */
export type Provider = Answer<'ProviderAnswer'>
/** What only its owner sees of an account. */
export type Account = Answer<'AccountAnswer'>

export const whoAmI = () => call<Me>('GET', '/api/v1/me')
export const rename = (name: string) => call<Me>('PATCH', '/api/v1/me', { name })

/** Makes this browser somebody who may have notes of their own. Harmless when it already is. */
export const introduce = () => call<Me>('POST', '/api/v1/browser-session', {})
