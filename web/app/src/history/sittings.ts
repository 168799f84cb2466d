import type { Burst } from './past'

export type Writer = { id: string; name: string; link: string | null }

/** A stretch of writing as a reader sees it: one person's, or that of several who wrote at the same time. */
export type Sitting = { first: number; last: number; began: string; ended: string; writers: Writer[] }

/** Whoever goes on after so many milliseconds, while another was writing, writes at the same time as they do. */
const atOnce = 10_000

/**
 * Bursts alternate with every letter while two people type at once. Where somebody goes on who was writing a moment
 * before, that and everything between is one sitting; where one only follows the other, each has their own.
 */
export function sittingsOf(bursts: Burst[]): Sitting[] {
  const sittings: Sitting[] = []
  for (const burst of bursts) {
    const writer = writerOf(burst)
    const since = sittings.findLastIndex(({ writers }) => writers.some((other) => same(other, writer)))
    const goesOn = since >= 0 && Date.parse(burst.began_at) - Date.parse(sittings[since]!.ended) <= atOnce
    const together = goesOn ? sittings.splice(since) : []
    sittings.push(merged([...together, alone(burst, writer)]))
  }
  return sittings
}

function writerOf({ person, link_id }: Burst): Writer {
  return { id: person.id, name: person.name, link: link_id }
}

function same(one: Writer, other: Writer): boolean {
  return one.id === other.id && one.link === other.link
}

function alone(burst: Burst, writer: Writer): Sitting {
  const { first_seq: first, last_seq: last, began_at: began, ended_at: ended } = burst
  return { first, last, began, ended, writers: [writer] }
}

function merged(parts: Sitting[]): Sitting {
  const [first, last] = [parts[0]!, parts.at(-1)!]
  const writers = parts.flatMap((part) => part.writers)
  return {
    ...first,
    last: last.last,
    ended: last.ended,
    writers: writers.filter((writer, at) => writers.findIndex((other) => same(other, writer)) === at),
  }
}

/** The index of the sitting that `seq` is part of, among sittings oldest first; -1 before the first. */
export function sittingAt(sittings: Sitting[], seq: number): number {
  return sittings.findLastIndex(({ first }) => first <= seq)
}
