import type { Answer } from './answer'
import { call } from './http'

export type Me = Answer<'Me'>

export const whoAmI = () => call<Me>('GET', '/api/v1/me')
export const rename = (name: string) => call<Me>('PATCH', '/api/v1/me', { name })

/** Makes this browser somebody who may have notes of their own. Harmless when it already is. */
export const introduce = () => call<Me>('POST', '/api/v1/browser-session', {})
