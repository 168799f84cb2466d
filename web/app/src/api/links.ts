import type { Answer } from './answer'
import { call } from './http'

export type LinkLevel = Answer<'LinkLevel'>
/** A link makes nobody an owner. */
export type ShareLink = Answer<'LinkAnswer'> & { level: LinkLevel }
export type Admission = Answer<'Opened'>

const path = (note: string) => `/api/v1/documents/${encodeURIComponent(note)}/links`

export const listLinks = (note: string) => call<{ items: ShareLink[] }>('GET', path(note))
export const turnOff = (note: string, link: string) => call<void>('DELETE', `${path(note)}/${encodeURIComponent(link)}`)
export const redeem = (token: string) => call<Admission>('POST', `/s/${encodeURIComponent(token)}`, {})

export function makeLink(note: string, level: LinkLevel, label: string): Promise<ShareLink> {
  const trimmed = label.trim()
  return call<ShareLink>('POST', path(note), { level, ...(trimmed && { label: trimmed }) })
}
