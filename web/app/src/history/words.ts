import { countWords, type Piece } from './diff'
import type { Sitting } from './sittings'

/** Who it was, as `me` reads it. */
export function who({ writers }: Sitting, me: string | undefined, locale?: string): string {
  const names = writers.map(({ id, name }) => (id === me ? 'You' : name))
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(new Set(names))
}

/** Which links it came through; nothing when there was none or it is not one's own to know. */
export function via({ writers }: Sitting, labels: Map<string, string | null>): string {
  const links = writers.map(({ link }) => link).filter((link) => link !== null && labels.has(link)) as string[]
  const words = links.map((link) => {
    const label = labels.get(link)
    return label ? `via link “${label}”` : 'via a link'
  })
  return [...new Set(words)].join(', ')
}

/** The day and the time to the second, for whom "yesterday" is not enough. */
export function exactly(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(iso))
}

/** "12 words added, 3 removed". */
export function changed(pieces: Piece[]): string {
  if (pieces.every(({ kind }) => kind === 'kept')) return 'Nothing changed'
  const [added, removed] = [countWords(pieces, 'added'), countWords(pieces, 'removed')]
  if (added && removed) return `${wordsOf(added)} added, ${removed} removed`
  if (added) return `${wordsOf(added)} added`
  return removed ? `${wordsOf(removed)} removed` : 'Marks and spaces changed'
}

function wordsOf(count: number): string {
  return count === 1 ? '1 word' : `${count} words`
}
