import type { Answer } from './answer'
import { call } from './http'

/** An account at another service, which its owner signs in here with. */
export type Identity = Answer<'IdentityAnswer'>

const path = '/api/v1/me/identities'

export const listIdentities = () => call<Answer<'IdentitiesAnswer'>>('GET', path)
export const disconnect = ({ provider, subject }: Identity) =>
  call<void>('DELETE', `${path}/${encodeURIComponent(provider)}/${encodeURIComponent(subject)}`)
