import type { Answer } from '../api/answer'
import { ApiError, call } from '../api/http'

/** What one person did in one go. */
export type Burst = Answer<'BurstAnswer'>

type Part = Answer<'TimelineAnswer'>

const mostAtOnce = 500
const path = (note: string) => `/api/v1/documents/${encodeURIComponent(note)}`

/** Everything that was done to the note after `after`, oldest first, but what was removed for good. The server tells it in parts. */
export async function readBursts(note: string, after = 0): Promise<Burst[]> {
  const bursts: Burst[] = []
  for (let from: number | null = after; from !== null; ) {
    const part: Part = await readPart(note, from)
    bursts.push(...part.items)
    from = part.next_after
  }
  return bursts
}

async function readPart(note: string, after: number): Promise<Part> {
  try {
    return await call<Part>('GET', `${path(note)}/timeline?after=${after}&limit=${mostAtOnce}`)
  } catch (error) {
    if (!(error instanceof ApiError && error.prunedTo !== undefined && error.prunedTo > after)) throw error
    return readPart(note, error.prunedTo)
  }
}

/** What is known and what came since, of which the first goes on with the last of the known. */
export async function readMore(note: string, known: Burst[]): Promise<Burst[]> {
  const since = known.at(-1)?.first_seq ?? 1
  return [...known.slice(0, -1), ...(await readBursts(note, since - 1))]
}

/** What the note said after its change `seq`; 0 is before the first. */
export async function readText(note: string, seq: number): Promise<string> {
  const response = await fetch(`${path(note)}/content?seq=${seq}`, {
    credentials: 'same-origin',
    headers: { accept: 'text/markdown' },
  })
  if (!response.ok) throw new Error(`no text of then: ${response.status}`)
  return response.text()
}

/** Makes the note say again what it said then, as a change like any other. */
export function restoreText(note: string, seq: number): Promise<Answer<'Edited'>> {
  return call('POST', `${path(note)}/restore`, { seq })
}
