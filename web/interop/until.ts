import type { NoteSession, Status } from '@sticky/client'
import type * as Y from 'yjs'

const PATIENCE_MS = 20_000

/** Resolves when `holds`, asked again at each `tell` that `listen` brings; rejects with what `describe` says. */
export function until(
  holds: () => boolean,
  listen: (tell: () => void) => () => void,
  describe: () => string,
  patience = PATIENCE_MS,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop = () => {}
    const timer = setTimeout(() => settle(() => reject(new Error(`waited in vain: ${describe()}`))), patience)
    const settle = (how: () => void) => {
      clearTimeout(timer)
      queueMicrotask(() => stop())
      how()
    }
    const tell = () => holds() && settle(resolve)
    stop = listen(tell)
    tell()
  })
}

export function untilText(doc: Y.Doc, expected: string): Promise<void> {
  const text = () => doc.getText('content').toString()
  return until(
    () => text() === expected,
    (tell) => listenTo(doc, tell),
    () => `text is ${JSON.stringify(text())}, not ${JSON.stringify(expected)}`,
  )
}

export function untilStatus(session: NoteSession, holds: (status: Status) => boolean): Promise<void> {
  return until(
    () => holds(session.status.get()),
    (tell) => session.status.subscribe(tell),
    () => `status is ${JSON.stringify(session.status.get())}`,
  )
}

export const untilLive = (session: NoteSession) =>
  untilStatus(session, ({ connection, synced }) => connection === 'live' && synced)

export const untilSaved = (session: NoteSession) =>
  untilStatus(session, ({ connection, saving }) => connection === 'live' && saving.kind === 'saved' && saving.settled)

export const untilClosed = (session: NoteSession) => untilStatus(session, ({ closed }) => closed !== null)

export function listenTo(doc: Y.Doc, tell: () => void): () => void {
  doc.on('update', tell)
  return () => doc.off('update', tell)
}
