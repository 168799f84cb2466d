import { describe, expect, it } from 'vitest'
import { decode, encode, type Message } from '../src/protocol'
import examples from './examples.json'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** The examples are JSON: byte strings stand there as hex. */
function messageOf({ message }: (typeof examples)[number]): Message {
  const entries = Object.entries(message)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isBytes(key) ? bytes(value as string) : value]),
  ) as Message
}

const isBytes = (key: string) => key === 'vector' || key === 'update'

describe.each(examples)('$meaning', (example) => {
  it('is written byte for byte', () => {
    const written = encode(messageOf(example) as Parameters<typeof encode>[0])
    expect(Buffer.from(written).toString('hex')).toBe(example.hex)
  })

  it('is read back', () => {
    expect(decode(bytes(example.hex))).toEqual(messageOf(example))
  })

  it('cut short is an error, never another message', () => {
    const frame = bytes(example.hex)
    for (let length = 0; length < frame.length; length += 1) expect(() => decode(frame.slice(0, length))).toThrow()
  })
})

it('tells of a message number that it does not know', () => {
  expect(decode(Uint8Array.of(99, 1, 2))).toEqual({ type: 'unknown', tag: 99 })
})

it('takes an unknown kind of sync message for an error', () => {
  expect(() => decode(Uint8Array.of(0, 7, 0))).toThrow('unknown sync message 7')
})
