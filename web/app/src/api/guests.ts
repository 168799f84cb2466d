import type { Answer } from './answer'
import { call } from './http'

/** Someone whom this browser was on a note before its owner signed in. */
export type Guest = Answer<'GuestAnswer'>

export const guestsHere = () => call<Answer<'GuestsAnswer'>>('GET', '/api/v1/me/guests')
export const keepEdits = (id: string) => call<void>('POST', `/api/v1/me/guests/${id}/promote`, {})
