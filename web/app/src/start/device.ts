import { IndexedDbStore } from '@sticky/client'

/** Whether this device holds something that was written here and that the server does not have. */
export function unsentHere(): Promise<boolean> {
  return new IndexedDbStore().holdsUnsent().catch(() => false)
}

/** Notes that were opened on this device are read from it no more. */
export function forgetThisDevice(): Promise<void> {
  return new IndexedDbStore().forgetAll().catch(() => {})
}
