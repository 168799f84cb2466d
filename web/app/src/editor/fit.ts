import { EditorState, type Transaction } from '@codemirror/state'

/** Refuses writing that a note has no room for before it enters the note, and says so. */
export function fits(room: (characters: number) => boolean, refused: () => void) {
  return EditorState.transactionFilter.of((tr) => {
    const added = tr.isUserEvent('input') ? inserted(tr) : 0
    if (added === 0 || room(added)) return tr
    refused()
    return []
  })
}

function inserted(tr: Transaction): number {
  let added = 0
  tr.changes.iterChanges((_fromA, _toA, _fromB, _toB, text) => {
    added += text.length
  })
  return added
}
