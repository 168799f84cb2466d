import type { Answer } from './answer'
import { call } from './http'

export type GroupRole = 'member' | 'admin'
export type Group = Answer<'GroupAnswer'>
/** A group, and what the one who asks is in it. */
export type SeenGroup = Answer<'SeenGroup'>
export type Member = Answer<'MemberAnswer'>

const path = (group: string, rest = '') => `/api/v1/groups/${encodeURIComponent(group)}${rest}`

export const listGroups = () => call<Answer<'GroupsAnswer'>>('GET', '/api/v1/groups')
export const makeGroup = (name: string) => call<Group>('POST', '/api/v1/groups', { name })
export const readGroup = (group: string) => call<SeenGroup>('GET', path(group))
export const renameGroup = (group: string, name: string) => call<SeenGroup>('PATCH', path(group), { name })
export const deleteGroup = (group: string) => call<void>('DELETE', path(group))
export const listMembers = (group: string) => call<Answer<'MembersAnswer'>>('GET', path(group, '/members'))
export const putMember = (group: string, username: string, role: GroupRole) =>
  call<Member>('PUT', path(group, '/members'), { username, role })
export const removeMember = (group: string, recipient: string) =>
  call<void>('DELETE', path(group, `/members/${encodeURIComponent(recipient)}`))
