import type { ClosedReason } from './status'

/** What is to be done with what this device keeps of a note after its session ended for good. */
export type Aftermath =
  /** The person may no longer see the note: show the unsent text once, then keep nothing of it here. */
  | 'forget'
  /** Something in the unsent changes was refused and would be again: keep its text as a draft, drop the rest. */
  | 'draft'
  /** Nothing is wrong with the changes: they wait for another session. */
  | 'keep'

const AFTERMATH: Record<number, Aftermath> = {
  4400: 'draft',
  4401: 'keep',
  4403: 'forget',
  4404: 'forget',
  4409: 'draft',
  4410: 'forget',
  4413: 'draft',
  4426: 'keep',
}

/** 44xx ends a session; everything else, 1006 and 4529 included, is tried again. */
export function isFinal(code: number): boolean {
  return code >= 4400 && code <= 4499
}

export function aftermath(closed: ClosedReason): Aftermath {
  return AFTERMATH[closed.code] ?? 'keep'
}

/** The server turned an update down because another browser owns the Yjs client id that it was made under. */
export function isClientIdTaken(closed: ClosedReason): boolean {
  return closed.code === 4409 && closed.reason === 'client_id_taken'
}

/** Thrown by the `protocols` callback to end the session as if the server had closed it, e.g. a 404 for the ticket. */
export class FinalClose extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(reason)
  }
}
