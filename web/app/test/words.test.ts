import type { Status } from '@sticky/client'
import { describe, expect, test } from 'vitest'
import { readingLabel, savingLabel } from '../src/editor/saving'
import { derivedTitle } from '../src/editor/title'
import { when } from '../src/start/when'

describe('derived title', () => {
  test.each([
    ['', ''],
    ['\n\n  \nShopping\nmilk', 'Shopping'],
    ['# **Trip** to [Rome](https://x.org)', 'Trip to Rome'],
    ['- [ ] call _Ada_', 'call Ada'],
    ['> 1. snake_case stays', 'snake_case stays'],
    ['---\n```js\ncode\n```', 'code'],
    ['x'.repeat(90), 'x'.repeat(80)],
    ['👩‍🚀'.repeat(3), '👩‍🚀'.repeat(3)],
  ])('%j', (text, title) => expect(derivedTitle(text)).toBe(title))
})

describe('what a person reads about saving', () => {
  const notSaved = (changes: number, more = {}) => ({
    kind: 'not-saved' as const,
    changes,
    persistent: true,
    urgent: false,
    ...more,
  })
  test.each<[Pick<Status, 'connection' | 'saving'>, string, string]>([
    [{ connection: 'live', saving: { kind: 'saved', settled: true } }, 'Saved', 'quiet'],
    [{ connection: 'live', saving: { kind: 'saving', changes: 1, persistent: true } }, 'Saving…', 'quiet'],
    [{ connection: 'live', saving: notSaved(1) }, 'Not saved: 1 change, kept on this device', 'warn'],
    [{ connection: 'live', saving: notSaved(3, { urgent: true }) }, 'Not saved: 3 changes, kept on this device', 'bad'],
    [
      { connection: 'live', saving: notSaved(3, { persistent: false }) },
      'Not saved: this browser keeps nothing. Copy your text',
      'bad',
    ],
    [
      { connection: 'offline', saving: { kind: 'offline', changes: 2 } },
      'Offline. Your changes are kept on this device',
      'warn',
    ],
    [
      { connection: 'offline', saving: { kind: 'ephemeral-warning', changes: 2 } },
      'Not saved: this browser keeps nothing. Copy your text',
      'bad',
    ],
    [{ connection: 'restarting', saving: notSaved(3) }, 'Reconnecting. Your changes are kept', 'wait'],
  ])('%j', (status, text, tone) => expect(savingLabel(status)).toMatchObject({ text, tone }))

  test('a reader', () => {
    expect(readingLabel({ connection: 'live', level: 'viewer' }).text).toBe('You can read this note')
    expect(readingLabel({ connection: 'offline', level: 'viewer' }).text).toBe('You can read this note. Offline')
    expect(readingLabel({ connection: 'offline', level: null }).text).toBe('Offline')
    expect(readingLabel({ connection: 'connecting', level: null }).text).toBe('')
  })
})

describe('when', () => {
  const now = new Date('2026-05-10T12:00:00Z')
  test.each([
    ['2026-05-10T11:59:30Z', 'just now'],
    ['2026-05-10T12:00:05Z', 'just now'],
    ['2026-05-10T11:55:00Z', '5 minutes ago'],
    ['2026-05-10T09:00:00Z', '3 hours ago'],
    ['2026-05-09T11:00:00Z', 'yesterday'],
    ['2026-05-01T12:00:00Z', 'May 1'],
    ['2025-12-24T12:00:00Z', 'Dec 24, 2025'],
  ])('%s', (then, words) => expect(when(then, now, 'en-US')).toBe(words))
})
