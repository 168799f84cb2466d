/** An observable value; `subscribe` follows the Svelte store contract: it calls at once with the current value. */
export interface Readable<T> {
  get(): T
  subscribe(listener: (value: T) => void): () => void
}

export class Writable<T> implements Readable<T> {
  readonly #listeners = new Set<(value: T) => void>()
  #value: T

  constructor(value: T) {
    this.#value = value
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener(value)
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#value)
    return () => this.#listeners.delete(listener)
  }
}
