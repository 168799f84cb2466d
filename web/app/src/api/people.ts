import type { Answer } from './answer'
import { call, codeOf } from './http'
import type { Level, LinkLevel } from './links'

/** Whoever something is given to: a person, a program or a group. */
export type Recipient = Answer<'RecipientAnswer'>
export type Permission = Answer<'PermissionAnswer'>
export type Whom = { username: string } | { group_id: string } | { principal_id: string }

/** Someone who stands before a link and asks to be let in. */
export type Request = Answer<'RequestAnswer'>

const path = (note: string, rest: string) => `/api/v1/documents/${encodeURIComponent(note)}/${rest}`

export const listPeople = (note: string) => call<Answer<'PermissionsAnswer'>>('GET', path(note, 'permissions'))
export const shareWith = (note: string, whom: Whom, level: Level) =>
  call<Permission>('PUT', path(note, 'permissions'), { ...whom, level })
/** Whom somebody else has taken off the list meanwhile is off it. */
export const stopSharing = (note: string, recipient: string) =>
  call<void>('DELETE', path(note, `permissions/${encodeURIComponent(recipient)}`)).catch((error) => {
    if (codeOf(error) !== 'no_such_permission') throw error
  })

export const listRequests = (note: string) => call<Answer<'RequestsAnswer'>>('GET', path(note, 'requests'))
export const answerRequest = (note: string, request: string, level: LinkLevel | null) =>
  call<void>('POST', path(note, `requests/${encodeURIComponent(request)}`), { level })

/** A recipient as it is to be named in a request. */
export function whom({ kind, id }: Recipient): Whom {
  return kind === 'group' ? { group_id: id } : { principal_id: id }
}
