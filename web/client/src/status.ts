/** What a person may do with a note. */
export type Level = 'viewer' | 'editor' | 'owner'

/** Somebody on a note, as the server names and colours them. */
export type Person = { id: string; name: string; color: string }

/** Why the server ended the session for good: a 44xx close code and its stable reason, such as `link_revoked`. */
export type ClosedReason = { code: number; reason: string }

/**
 * - `connecting`: the first attempt is under way
 * - `live`: the socket is open and the server has spoken
 * - `restarting`: the connection was lost a moment ago and is being made again
 * - `offline`: there has been no connection for a while, or the browser says it has no network
 * - `closed`: the server ended it for good; see `Status.closed`
 */
export type ConnectionState = 'connecting' | 'live' | 'offline' | 'restarting' | 'closed'

/**
 * What can be said about the person's own changes.
 * - `saved`: the server has made all of them durable. `settled: false` means that a change is under way for less than
 *   400 ms: the label need not flicker, but nothing may rest on it.
 * - `saving`: a change has waited between 400 ms and 5 s
 * - `not-saved`: a change has waited for 5 s (`urgent`), or the connection was lost a moment ago
 * - `offline`: no connection; `changes` are waiting
 * - `ephemeral-warning`: no connection, and this browser keeps nothing: closing the page loses `changes`
 */
export type SavingState =
  | { kind: 'saved'; settled: boolean }
  | { kind: 'saving'; changes: number; persistent: boolean }
  | { kind: 'not-saved'; changes: number; persistent: boolean; urgent: boolean }
  | { kind: 'offline'; changes: number }
  | { kind: 'ephemeral-warning'; changes: number }

export type Status = {
  connection: ConnectionState
  saving: SavingState
  /** null until the server has said it. */
  level: Level | null
  title: string | null
  me: Person | null
  closed: ClosedReason | null
  /** Text that was typed here and that the server refused or will never get; null when there is none. */
  draft: string | null
  /** The server's text has arrived at least once: what is shown is not only this device's copy. */
  synced: boolean
}
