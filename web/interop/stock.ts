import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { StickyServer } from './server'
import { until } from './until'

/** y-websocket as npm has it, with nothing of ours between it and the server. */
export class StockClient {
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText('content')
  readonly provider: WebsocketProvider
  connects = 0
  closes: number[] = []

  constructor(
    server: StickyServer,
    note: string,
    params: Record<string, string> = {},
    Socket: typeof WebSocket = WebSocket,
  ) {
    this.provider = new WebsocketProvider(`${server.socketOrigin}/collab`, note, this.doc, {
      params,
      WebSocketPolyfill: Socket as unknown as typeof globalThis.WebSocket,
      // Both ends of a test live in one process: over a BroadcastChannel they would meet without the server.
      disableBc: true,
    })
    this.provider.on('status', ({ status }: { status: string }) => {
      if (status === 'connected') this.connects += 1
    })
    this.provider.on('connection-close', (event: { code: number } | null) => {
      if (event) this.closes.push(event.code)
    })
  }

  synced(): Promise<void> {
    return until(
      () => this.provider.synced,
      (tell) => listen(this.provider, 'sync', tell),
      () => 'the stock provider is not in sync',
    )
  }

  /** Resolves when the others' presence satisfies `holds`. */
  sees(holds: (states: Record<string, unknown>[]) => boolean): Promise<void> {
    const { awareness } = this.provider
    const states = () => [...awareness.getStates()].filter(([id]) => id !== this.doc.clientID).map(([, state]) => state)
    return until(
      () => holds(states()),
      (tell) => {
        awareness.on('change', tell)
        return () => awareness.off('change', tell)
      },
      () => `presence is ${JSON.stringify(states())}`,
    )
  }

  closed(): Promise<void> {
    return until(
      () => this.closes.length > 0,
      (tell) => listen(this.provider, 'connection-close', tell),
      () => 'the stock provider is still connected',
    )
  }

  destroy(): void {
    this.provider.destroy()
    this.doc.destroy()
  }
}

function listen(provider: WebsocketProvider, event: 'sync' | 'connection-close', tell: () => void): () => void {
  provider.on(event, tell)
  return () => provider.off(event, tell)
}
