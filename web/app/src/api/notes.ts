import type { Answer } from './answer'
import { call } from './http'

export type Note = Answer<'DocumentAnswer'>
export type NotePage = Answer<'DocumentsAnswer'>

const path = (id: string) => `/api/v1/documents/${encodeURIComponent(id)}`

export const makeNote = () => call<Answer<'CreatedDocument'>>('POST', '/api/v1/documents', {})
export const readNote = (id: string) => call<Note>('GET', path(id))
export const renameNote = (id: string, title: string) => call<Note>('PATCH', path(id), { title })
export const trashNote = (id: string) => call<Note>('PATCH', path(id), { deleted: true })
export const restoreNote = (id: string) => call<Note>('PATCH', path(id), { deleted: false })

export function listNotes(cursor?: string | null): Promise<NotePage> {
  const query = new URLSearchParams({ page_size: '20', ...(cursor && { cursor }) })
  return call<NotePage>('GET', `/api/v1/documents?${query}`)
}
