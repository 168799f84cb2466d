/** What the browser says about its network. */
export interface Network {
  readonly online: boolean
  subscribe(listener: (online: boolean) => void): () => void
}

/** The browser's own `online` and `offline` events; always online where there are none. */
export const browserNetwork: Network = {
  get online() {
    return globalThis.navigator?.onLine !== false
  },
  subscribe(listener) {
    if (typeof globalThis.addEventListener !== 'function') return () => {}
    const events = new AbortController()
    globalThis.addEventListener('online', () => listener(true), { signal: events.signal })
    globalThis.addEventListener('offline', () => listener(false), { signal: events.signal })
    return () => events.abort()
  },
}
