import type { Answer } from './answer'
import { call } from './http'

export type Note = Answer<'DocumentAnswer'>
/** A note of a list, with whom it is from. */
export type Listed = Answer<'ListedAnswer'>
export type Somebody = Answer<'Somebody'>
export type Found = Answer<'HitAnswer'>
export type Piece = Answer<'PieceAnswer'>
export type NotePage = Answer<'DocumentsAnswer'>

export type Show = 'owned' | 'shared' | 'trash'
export type Sort = 'modified' | 'created_at' | 'title'
export type Since = 'ever' | 'today' | 'week' | 'month'
export type Wanted = {
  show: Show
  sort: Sort
  /** How lately a note must have changed. */
  since: Since
  /** The id of whoever must have shared it; empty for anyone. */
  from: string
  /** The id of a person or group that must have it, too; empty for any. */
  whom: string
  /** The label that one of its links must have; empty for any. */
  label: string
  query: string
}
/** What narrows a list further than its shelf. */
export type Filter = 'from' | 'whom' | 'label' | 'since'

const path = (id: string) => `/api/v1/documents/${encodeURIComponent(id)}`

export const makeNote = () => call<Answer<'CreatedDocument'>>('POST', '/api/v1/documents', {})
export const readNote = (id: string) => call<Note>('GET', path(id))
export const renameNote = (id: string, title: string) => call<Note>('PATCH', path(id), { title })
export const trashNote = (id: string) => call<Note>('PATCH', path(id), { deleted: true })
export const restoreNote = (id: string) => call<Note>('PATCH', path(id), { deleted: false })
export const deleteForEver = (id: string) => call<void>('DELETE', `${path(id)}?purge=true`)

/** One page of a list; `query` is part of the title. */
export function listNotes(wanted: Wanted, cursor: string | null, size = 20): Promise<NotePage> {
  const { show, sort, since, from, whom, label, query } = wanted
  const asked = new URLSearchParams({
    in: show,
    sort,
    page_size: `${size}`,
    ...(since !== 'ever' && { modified_since: beginOf(since, new Date()).toISOString() }),
    ...(from && { shared_by: from }),
    ...(whom && { shared_with: whom }),
    ...(label && { label }),
    ...(query && { query }),
    ...(cursor && { cursor }),
  })
  return call<NotePage>('GET', `/api/v1/documents?${asked}`)
}

/** The notes that one has in which these words are, the best first. */
export function findNotes(words: string): Promise<Answer<'SearchAnswer'>> {
  return call('GET', `/api/v1/search?${new URLSearchParams({ q: words, limit: '50' })}`)
}

/** The first moment of today, or of so many days before: the same all day long, so that pages of one list fit together. */
export function beginOf(since: Exclude<Since, 'ever'>, now: Date): Date {
  const days = { today: 0, week: 6, month: 29 }[since]
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days)
}
