import type { Level, ShareLink } from '../api/links'
import { when } from '../start/when'

export const may: Record<Level, string> = { viewer: 'can read', editor: 'can edit', owner: 'owner' }

export function peopleOnIt(people: number): string {
  return people === 1 ? '1 person is on it' : `${people} people are on it`
}

/** Whether whoever only looks at a link sees something of the note: not where it asks for more than its address. */
export function showsInChats(link: ShareLink, now: Date): boolean {
  const open = link.audience === 'anyone' && !link.has_password && link.preview !== 'none'
  const usedUp = link.max_uses !== null && link.uses >= link.max_uses
  const over = link.expires_at !== null && new Date(link.expires_at) <= now
  return open && !usedUp && !over
}

/** All that an owner wants to know of a link at a glance, the usual left unsaid. */
export function aboutLink(link: ShareLink, now: Date, locale?: string): string {
  const facts = [
    link.label && may[link.level],
    link.audience === 'shared' && 'for those it is shared with',
    link.has_password && 'with a password',
    link.max_uses !== null && `${link.uses} of ${link.max_uses} have used it`,
    link.expires_at && ending(new Date(link.expires_at), now, locale),
    `made ${when(link.created_at, now, locale)}`,
    link.openings > 0 && `opened ${times(link.openings)}`,
    link.edits > 0 && (link.edits === 1 ? '1 edit' : `${link.edits} edits`),
    link.people > 0 && peopleOnIt(link.people),
  ]
  return facts.filter(Boolean).join(', ')
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function ending(end: Date, now: Date, locale?: string): string {
  if (end <= now) return 'over'
  const text = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(end)
  return `until ${text}`
}
