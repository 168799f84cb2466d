const FIRST_MS = 250
const LONGEST_MS = 10_000
/** The server asked for less: 1013 (try again) and 4529 (slow down) wait at least this long. */
const ASKED_TO_WAIT_MS = 1_000

/** How long to wait before the next attempt: exponential with full jitter, so that a crowd does not come back as one. */
export class Backoff {
  /** The window in which a whole node's clients should spread themselves after a restart, as the server advertises it. */
  jitterMs = 0
  #attempts = 0

  constructor(private readonly random: () => number) {}

  get attempts(): number {
    return this.#attempts
  }

  /** The server spoke: the next loss starts from the beginning. */
  reset(): void {
    this.#attempts = 0
  }

  next(code: number): number {
    const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#attempts)
    const window = this.#attempts === 0 ? Math.max(grown, this.jitterMs) : grown
    this.#attempts += 1
    return floor(code) + this.random() * window
  }
}

function floor(code: number): number {
  return code === 1013 || code === 4529 ? ASKED_TO_WAIT_MS : 0
}
