import { describe, expect, it } from 'vitest'
import { type SavedInput, SavedMachine, savingState } from '../src/saved'
import type { SavingState } from '../src/status'
import { FakeClock } from './support/clock'

const settled: SavingState = { kind: 'saved', settled: true }
const live = (changes: number): SavedInput => ({ changes, since: 0, link: 'live', persistent: true })
const at = (input: Partial<SavedInput>): SavedInput => ({ ...live(3), ...input })

describe('what is said about the changes', () => {
  it.each<[string, SavedInput, number, SavingState]>([
    ['nothing to save', live(0), 9_999, settled],
    ['under way', live(3), 399, { kind: 'saved', settled: false }],
    ['400 ms without an answer', live(3), 400, { kind: 'saving', changes: 3, persistent: true }],
    ['just under 5 s', live(3), 4_999, { kind: 'saving', changes: 3, persistent: true }],
    ['5 s', live(3), 5_000, { kind: 'not-saved', changes: 3, persistent: true, urgent: true }],
    [
      'lost a moment ago',
      at({ link: 'reconnecting' }),
      10,
      { kind: 'not-saved', changes: 3, persistent: true, urgent: false },
    ],
    [
      'lost, 5 s',
      at({ link: 'reconnecting' }),
      5_000,
      { kind: 'not-saved', changes: 3, persistent: true, urgent: true },
    ],
    ['lost, nothing to save', at({ link: 'reconnecting', changes: 0 }), 5_000, settled],
    ['offline', at({ link: 'offline' }), 10, { kind: 'offline', changes: 3 }],
    ['offline, nothing to save', at({ link: 'offline', changes: 0 }), 10, { kind: 'offline', changes: 0 }],
    [
      'offline, nothing is kept',
      at({ link: 'offline', persistent: false }),
      10,
      { kind: 'ephemeral-warning', changes: 3 },
    ],
    [
      'lost, nothing is kept',
      at({ link: 'reconnecting', persistent: false }),
      10,
      { kind: 'ephemeral-warning', changes: 3 },
    ],
    [
      'slow, nothing is kept',
      at({ persistent: false }),
      5_000,
      { kind: 'not-saved', changes: 3, persistent: false, urgent: true },
    ],
  ])('%s', (_, input, now, expected) => {
    expect(savingState(input, now)).toEqual(expected)
  })
})

it('changes what it says with time, and stops when the answer comes', async () => {
  const clock = new FakeClock()
  const said: string[] = []
  const machine = new SavedMachine(clock, (state) => said.push(state.kind))
  machine.update({ ...live(1), since: clock.now() })
  await clock.advance(5_000)
  expect(said).toEqual(['saved', 'saving', 'not-saved'])
  machine.update(live(0))
  await clock.advance(60_000)
  expect(said).toEqual(['saved', 'saving', 'not-saved', 'saved'])
})
