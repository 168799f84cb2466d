import type { Answer } from './answer'
import { call } from './http'

/** A user as others see them. */
export type User = Answer<'UserAnswer'>

export const readUser = (id: string) => call<User>('GET', `/api/v1/users/${encodeURIComponent(id)}`)

/** The one with exactly this username, for whoever has signed in. */
export async function findUser(username: string): Promise<User | undefined> {
  const asked = new URLSearchParams({ username })
  return (await call<Answer<'UsersAnswer'>>('GET', `/api/v1/users?${asked}`)).items[0]
}
