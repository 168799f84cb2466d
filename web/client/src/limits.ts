import * as Y from 'yjs'
import type { Limits } from './protocol'

/** What the server accepts unless its `open` notice says otherwise, in bytes. */
export const DEFAULT_LIMITS: Limits = { update: 1_048_576, document: 4_194_304 }

/** What an update holds beside the inserted text: client id, clock, origins, type name, lengths. */
const OVERHEAD = 128
/** The server counts its stored form, which is a little larger than the merged one measured here. */
const SAFETY = 0.98
/** UTF-8 needs at most three bytes for one UTF-16 unit (a pair needs four for two). */
const BYTES_PER_UNIT = 3

/** Bytes of an insertion on the wire: exact for a text, the most it can be for a number of UTF-16 units. */
export function insertionBytes(inserted: number | string): number {
  return typeof inserted === 'string' ? new TextEncoder().encode(inserted).length : inserted * BYTES_PER_UNIT
}

/** How large a document is for the server; measured when asked and only when the running sum would refuse. */
export class DocumentSize {
  #bytes = Number.POSITIVE_INFINITY

  constructor(private readonly doc: Y.Doc) {
    doc.on('update', (update: Uint8Array) => {
      this.#bytes += update.length
    })
  }

  /** Would the server take this insertion? */
  fits(inserted: number | string, limits: Limits): boolean {
    const bytes = insertionBytes(inserted) + OVERHEAD
    if (bytes > limits.update) return false
    const room = limits.document * SAFETY - bytes
    return this.#bytes <= room || this.#measure() <= room
  }

  #measure(): number {
    this.#bytes = Y.encodeStateAsUpdate(this.doc).length
    return this.#bytes
  }
}
