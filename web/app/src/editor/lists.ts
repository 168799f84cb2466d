import type { ChangeSpec, EditorState, Line, StateCommand } from '@codemirror/state'

/** How far a line moves to sit under the item before it: as wide as that item's mark. */
export function step(text: string): number {
  const mark = /^\s*(\d+[.)] )/.exec(text)
  return mark?.[1]?.length ?? 2
}

function moved(state: EditorState, change: (line: Line) => ChangeSpec): ChangeSpec[] {
  const seen = new Set<number>()
  const changes: ChangeSpec[] = []
  for (const { from, to } of state.selection.ranges) {
    for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
      if (!seen.has(line.from)) changes.push(change(line))
      seen.add(line.from)
      if (line.to >= to || line.number === state.doc.lines) break
    }
  }
  return changes
}

export const indent: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false
  const changes = moved(state, (line) => ({ from: line.from, insert: ' '.repeat(step(line.text)) }))
  const set = state.changes(changes)
  dispatch(state.update({ changes: set, selection: state.selection.map(set, 1), userEvent: 'input.indent' }))
  return true
}

export const outdent: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false
  const changes = moved(state, (line) => {
    const spaces = /^(?:\t| *)/.exec(line.text)?.[0] ?? ''
    return { from: line.from, to: line.from + Math.min(spaces.length, step(line.text)) }
  })
  dispatch(state.update({ changes, userEvent: 'delete.dedent' }))
  return true
}
