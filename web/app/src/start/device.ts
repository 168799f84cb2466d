import { IndexedDbStore } from '@sticky/client'
import { ApiError } from '../api/http'
import { readNote } from '../api/notes'

const device = new IndexedDbStore()
/** How many copies are looked up each time. Another time it is others. */
const looks = 20
/** Copies that were looked up since the page was loaded. */
const seen = new Set<string>()

/** Whether this device holds something that was written here and that the server does not have. */
export function unsentHere(): Promise<boolean> {
  return device.holdsUnsent().catch(() => false)
}

/** Notes that were opened on this device are read from it no more. */
export function forgetThisDevice(): Promise<void> {
  return device.forgetAll().catch(() => {})
}

/** A note that was deleted for good is deleted from this device, too. */
export function forgetHere(id: string): Promise<void> {
  return device.forget(id).catch(() => {})
}

/** The copy of a note in the trash goes. What was not sent yet stays, for the note may come back. */
export async function forgetCopy(id: string): Promise<void> {
  const copies: string[] = await device.copies().catch(() => [])
  if (copies.includes(id)) await forgetHere(id)
}

/**
 * Copies of notes that one no longer has go, whoever took the note away and wherever. Whoever opens such a note is told,
 * and given what was not sent: so that stays until then.
 *
 * @param listed notes that one is known to have
 */
export async function forgetLost(listed: string[], isLost: (id: string) => Promise<boolean> = lost): Promise<void> {
  for (const id of listed) seen.add(id)
  const copies: string[] = await device.copies().catch(() => [])
  for (const id of some(copies.filter((id) => !seen.has(id)))) {
    seen.add(id)
    if (await isLost(id)) await forgetHere(id)
  }
}

function some(ids: string[]): string[] {
  return ids.sort(() => Math.random() - 0.5).slice(0, looks)
}

/** Only the server's word counts: one that does not answer has lost nothing. */
async function lost(id: string): Promise<boolean> {
  try {
    return Boolean((await readNote(id)).deleted_at)
  } catch (error) {
    return error instanceof ApiError && [404, 410].includes(error.status)
  }
}
