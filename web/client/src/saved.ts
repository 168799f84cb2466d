import type { Clock } from './clock'
import type { SavingState } from './status'

const SAVING_AFTER_MS = 400
const NOT_SAVED_AFTER_MS = 5_000

export type SavedInput = {
  /** Own changes that are not known to be durable. */
  changes: number
  /** Since when the oldest of them has waited, in the clock's milliseconds. */
  since: number
  link: 'live' | 'reconnecting' | 'offline'
  /** Whether this device keeps them when the page closes. */
  persistent: boolean
}

/** What to say about the changes at `now`. */
export function savingState({ changes, since, link, persistent }: SavedInput, now: number): SavingState {
  if (link === 'offline' || (link === 'reconnecting' && changes > 0 && !persistent)) return away(changes, persistent)
  if (changes === 0) return { kind: 'saved', settled: true }
  const waited = now - since
  if (link === 'reconnecting' || waited >= NOT_SAVED_AFTER_MS)
    return { kind: 'not-saved', changes, persistent, urgent: waited >= NOT_SAVED_AFTER_MS }
  if (waited >= SAVING_AFTER_MS) return { kind: 'saving', changes, persistent }
  return { kind: 'saved', settled: false }
}

function away(changes: number, persistent: boolean): SavingState {
  return { kind: persistent ? 'offline' : 'ephemeral-warning', changes }
}

/** After how long `savingState` may say something else of the same input; null when it will not. */
function nextChange({ changes, since }: SavedInput, now: number): number | null {
  if (changes === 0) return null
  const waited = now - since
  const next = [SAVING_AFTER_MS, NOT_SAVED_AFTER_MS].find((threshold) => threshold > waited)
  return next === undefined ? null : next - waited
}

/** Follows the input and the clock, and tells when what is to be said changes. */
export class SavedMachine {
  #cancelTimer = () => {}

  constructor(
    private readonly clock: Clock,
    private readonly tell: (state: SavingState) => void,
  ) {}

  update(input: SavedInput): void {
    this.#cancelTimer()
    const now = this.clock.now()
    const wait = nextChange(input, now)
    if (wait !== null) this.#cancelTimer = this.clock.after(wait, () => this.update(input))
    this.tell(savingState(input, now))
  }

  stop(): void {
    this.#cancelTimer()
  }
}
