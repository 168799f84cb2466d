import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Level, Person } from './status'

/** Message numbers: 0-3 are y-protocols, 120 and 121 are ours and are sent only to who asked for `sticky.v1`. */
const SYNC = 0
const AWARENESS = 1
const AUTH = 2
const QUERY_AWARENESS = 3
const SAVED = 120
const NOTICE = 121

const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2

/** The WebSocket subprotocol that turns `saved` and `notice` on. */
export const SUBPROTOCOL = 'sticky.v1'

export type Limits = { update: number; document: number }

export type Notice =
  | {
      type: 'open'
      level: Level
      title: string
      principal: Person
      reconnect?: { jitter_ms: number }
      limits?: Limits
    }
  /** `null`: the title follows the text again. */
  | { type: 'renamed'; title: string | null }
  | { type: 'level'; level: Level }
  | { type: 'trashed' }
  | { type: 'error'; code: string; message?: string }

export type Message =
  | { type: 'step1'; vector: Uint8Array }
  | { type: 'step2'; update: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'awareness'; update: Uint8Array }
  | { type: 'query-awareness' }
  | { type: 'denied'; reason: string }
  | { type: 'saved'; frames: number; seq: number }
  | { type: 'notice'; notice: Notice }
  | { type: 'unknown'; tag: number }

/** Encodes one message as one WebSocket frame. */
export function encode(message: Exclude<Message, { type: 'unknown' }>): Uint8Array {
  const out = encoding.createEncoder()
  write(out, message)
  return encoding.toUint8Array(out)
}

function write(out: encoding.Encoder, message: Exclude<Message, { type: 'unknown' }>): void {
  switch (message.type) {
    case 'step1':
      return sync(out, STEP_1, message.vector)
    case 'step2':
      return sync(out, STEP_2, message.update)
    case 'update':
      return sync(out, UPDATE, message.update)
    case 'awareness':
      encoding.writeVarUint(out, AWARENESS)
      return encoding.writeVarUint8Array(out, message.update)
    case 'query-awareness':
      return encoding.writeVarUint(out, QUERY_AWARENESS)
    case 'denied':
      encoding.writeVarUint(out, AUTH)
      encoding.writeVarUint(out, 0)
      return encoding.writeVarString(out, message.reason)
    case 'saved':
      encoding.writeVarUint(out, SAVED)
      encoding.writeVarUint(out, message.frames)
      return encoding.writeVarUint(out, message.seq)
    case 'notice':
      encoding.writeVarUint(out, NOTICE)
      return encoding.writeVarString(out, JSON.stringify(message.notice))
  }
}

function sync(out: encoding.Encoder, kind: number, bytes: Uint8Array): void {
  encoding.writeVarUint(out, SYNC)
  encoding.writeVarUint(out, kind)
  encoding.writeVarUint8Array(out, bytes)
}

/**
 * Decodes one frame. A message number that this version does not know is `unknown`, so that a newer server may say
 * more; bytes after a message are left alone for the same reason.
 * @throws when the frame is cut short or its notice is not JSON
 */
export function decode(frame: Uint8Array): Message {
  const input = decoding.createDecoder(frame)
  const tag = decoding.readVarUint(input)
  switch (tag) {
    case SYNC:
      return readSync(input)
    case AWARENESS:
      return { type: 'awareness', update: decoding.readVarUint8Array(input) }
    case AUTH:
      decoding.readVarUint(input)
      return { type: 'denied', reason: decoding.readVarString(input) }
    case QUERY_AWARENESS:
      return { type: 'query-awareness' }
    case SAVED:
      return { type: 'saved', frames: decoding.readVarUint(input), seq: decoding.readVarUint(input) }
    case NOTICE:
      return { type: 'notice', notice: JSON.parse(decoding.readVarString(input)) }
    default:
      return { type: 'unknown', tag }
  }
}

function readSync(input: decoding.Decoder): Message {
  const kind = decoding.readVarUint(input)
  const bytes = decoding.readVarUint8Array(input)
  switch (kind) {
    case STEP_1:
      return { type: 'step1', vector: bytes }
    case STEP_2:
      return { type: 'step2', update: bytes }
    case UPDATE:
      return { type: 'update', update: bytes }
    default:
      throw new RangeError(`unknown sync message ${kind}`)
  }
}
