import type { Audience, LinkLevel, Preview, ShareLink, TermsChange } from '../api/links'

/** A link's options as fields hold them: text where there is a field, empty where nothing is set. */
export type Draft = {
  level: LinkLevel
  label: string
  audience: Audience
  /** As `datetime-local` has it: in this person's own time, to the minute. */
  until: string
  uses: string
  password: string
  noPassword: boolean
  preview: Preview
}

export function newDraft(level: LinkLevel): Draft {
  return {
    level,
    label: '',
    audience: 'anyone',
    until: '',
    uses: '',
    password: '',
    noPassword: false,
    preview: 'full',
  }
}

export function draftOf(link: ShareLink): Draft {
  return {
    ...newDraft(link.level),
    label: link.label ?? '',
    audience: link.audience,
    until: link.expires_at ? localMinute(new Date(link.expires_at)) : '',
    uses: link.max_uses?.toString() ?? '',
    preview: link.preview,
  }
}

/** What to tell the server. A password that was not touched stays as it is, and so does an end. */
export function termsOf(draft: Draft, before?: ShareLink): TermsChange {
  const untouched = before?.expires_at && localMinute(new Date(before.expires_at)) === draft.until
  return {
    level: draft.level,
    label: draft.label.trim() || null,
    audience: draft.audience,
    preview: draft.preview,
    max_uses: draft.uses ? Number(draft.uses) : null,
    ...(!untouched && { expires_at: draft.until ? new Date(draft.until).toISOString() : null }),
    ...(draft.noPassword ? { password: null } : draft.password && { password: draft.password }),
  }
}

function localMinute(then: Date): string {
  const local = new Date(then.getTime() - then.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
