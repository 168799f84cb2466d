import type { Status } from '@sticky/client'

export type SavingLabel = { text: string; tone: 'quiet' | 'wait' | 'warn' | 'bad'; copy?: true }

type Seen = Pick<Status, 'connection' | 'saving'>

/** What a person reads about their own writing. "Saved" only when the server said that it is durable. */
export function savingLabel({ connection, saving }: Seen): SavingLabel {
  if (isLosable(saving))
    return { text: 'Not saved: this browser keeps nothing. Copy your text', tone: 'bad', copy: true }
  if (connection === 'restarting') return { text: 'Reconnecting. Your changes are kept', tone: 'wait' }
  if (connection === 'offline' || saving.kind === 'offline')
    return { text: 'Offline. Your changes are kept on this device', tone: 'warn' }
  if (saving.kind === 'not-saved') return { text: notSaved(saving.changes), tone: saving.urgent ? 'bad' : 'warn' }
  if (saving.kind === 'saving') return { text: 'Saving…', tone: 'quiet' }
  return { text: 'Saved', tone: 'quiet' }
}

/** Changes that closing the page would lose. */
function isLosable(saving: Seen['saving']): boolean {
  return saving.kind === 'ephemeral-warning' || (saving.kind === 'not-saved' && !saving.persistent)
}

function notSaved(changes: number): string {
  return `Not saved: ${changes} ${changes === 1 ? 'change' : 'changes'}, kept on this device`
}

/** What a person who can only read, or whose rights are not known yet, needs to know. */
export function readingLabel({ connection, level }: Pick<Status, 'connection' | 'level'>): SavingLabel {
  const reading = level === null ? [] : ['You can read this note']
  if (connection === 'offline') return { text: [...reading, 'Offline'].join('. '), tone: 'warn' }
  if (connection === 'restarting') return { text: [...reading, 'Reconnecting'].join('. '), tone: 'wait' }
  return { text: reading.join(), tone: 'quiet' }
}
