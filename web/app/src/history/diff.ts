import { type Run, shortest } from './shortest'

export type Piece = { kind: Run['kind']; text: string }

/** So many characters are compared word by word; more is replaced as a whole. */
const mostByWords = 200_000
const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** What makes `after` of `before`: by lines first, and by words within the lines that changed. */
export function diff(before: string, after: string): Piece[] {
  const runs = shortest(linesOf(before), linesOf(after))
  const pieces: Piece[] = []
  for (let at = 0; at < runs.length; at += 1) {
    const [one, next] = [runs[at]!, runs[at + 1]]
    if (one.kind === 'removed' && next?.kind === 'added') {
      pieces.push(...byWords(one.parts.join(''), next.parts.join('')))
      at += 1
    } else pieces.push({ kind: one.kind, text: one.parts.join('') })
  }
  return pieces
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function wordsOf(text: string): string[] {
  return Array.from(words.segment(text), ({ segment }) => segment)
}

function byWords(before: string, after: string): Piece[] {
  if (before.length + after.length > mostByWords) return replaced(before, after)
  const pieces = shortest(wordsOf(before), wordsOf(after)).map(({ kind, parts }) => ({ kind, text: parts.join('') }))
  return withoutGaps(pieces)
}

function replaced(before: string, after: string): Piece[] {
  return [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ]
}

/** A phrase that was replaced reads as one: the spaces between its words are no reason to take it apart. */
function withoutGaps(pieces: Piece[]): Piece[] {
  const calm: Piece[] = []
  let [removed, added] = ['', '']
  const flush = () => {
    if (removed) calm.push({ kind: 'removed', text: removed })
    if (added) calm.push({ kind: 'added', text: added })
    ;[removed, added] = ['', '']
  }
  pieces.forEach(({ kind, text }, at) => {
    const gap = kind === 'kept' && removed !== '' && added !== '' && at < pieces.length - 1 && /^[^\S\n]+$/.test(text)
    if (kind === 'kept' && !gap) {
      flush()
      calm.push({ kind, text })
      return
    }
    if (kind !== 'added') removed += text
    if (kind !== 'removed') added += text
  })
  flush()
  return calm
}

/** How many words are of this kind. */
export function countWords(pieces: Piece[], kind: Piece['kind']): number {
  const text = pieces.filter((piece) => piece.kind === kind).map((piece) => piece.text)
  return Array.from(words.segment(text.join('\n'))).filter(({ isWordLike }) => isWordLike).length
}
