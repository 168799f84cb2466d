import { call } from './http'
import type { Person } from './me'

export type LinkLevel = 'viewer' | 'editor'

export type ShareLink = {
  id: string
  url: string
  label: string | null
  level: LinkLevel
  created_at: string
  revoked_at: string | null
  people: number
}

export type Admission = { document_id: string; level: LinkLevel | 'owner'; title: string; principal: Person }

const path = (note: string) => `/api/v1/documents/${encodeURIComponent(note)}/links`

export const listLinks = (note: string) => call<{ items: ShareLink[] }>('GET', path(note))
export const turnOff = (note: string, link: string) => call<void>('DELETE', `${path(note)}/${encodeURIComponent(link)}`)
export const redeem = (token: string) => call<Admission>('POST', `/s/${encodeURIComponent(token)}`, {})

export function makeLink(note: string, level: LinkLevel, label: string): Promise<ShareLink> {
  const trimmed = label.trim()
  return call<ShareLink>('POST', path(note), { level, ...(trimmed && { label: trimmed }) })
}
