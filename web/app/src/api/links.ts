import type { Answer } from './answer'
import { call } from './http'

export type LinkLevel = Answer<'LinkLevel'>
export type Level = Answer<'LevelAnswer'>
export type Audience = Answer<'AudienceWord'>
export type Preview = Answer<'PreviewWord'>
/** A link makes nobody an owner. */
export type ShareLink = Answer<'LinkAnswer'> & { level: LinkLevel }
export type Admission = Answer<'Opened'>

/** What a link lets people do, and until when. */
type LinkTerms = Pick<ShareLink, 'level' | 'label' | 'audience' | 'expires_at' | 'max_uses' | 'preview'>
/** What is set, or changed: a password is told and never read; `null` takes away. */
export type TermsChange = Partial<LinkTerms> & { password?: string | null }

const path = (note: string) => `/api/v1/documents/${encodeURIComponent(note)}/links`
const linkPath = (note: string, link: string) => `${path(note)}/${encodeURIComponent(link)}`

export const listLinks = (note: string) => call<{ items: ShareLink[] }>('GET', path(note))
export const makeLink = (note: string, terms: TermsChange) => call<ShareLink>('POST', path(note), terms)
export const changeLink = (note: string, link: string, terms: TermsChange) =>
  call<ShareLink>('PATCH', linkPath(note, link), terms)
export const turnOff = (note: string, link: string) => call<void>('DELETE', linkPath(note, link))

/** @param answer what a link asks of those who come: that they mean it, where that uses it up, or its password */
export const redeem = (token: string, answer: { open?: true; password?: string } = {}) =>
  call<Admission>('POST', `/s/${encodeURIComponent(token)}`, answer)
export const askForAccess = (token: string, message: string) =>
  call<void>('POST', `/s/${encodeURIComponent(token)}/ask`, { ...(message && { message }) })
