import {
  type ChangeSpec,
  EditorSelection,
  type EditorState,
  type Line,
  type StateCommand,
  type Transaction,
} from '@codemirror/state'

const anyMark = /^(\s*)(?:#{1,6}\s+|(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?)?/

/** Puts `mark` around each selection, or takes it away where it already is. */
function toggleAround(mark: string): StateCommand {
  return ({ state, dispatch }) => {
    const size = mark.length
    const spec = state.changeByRange((range) => {
      const inside =
        state.sliceDoc(range.from - size, range.from) === mark && state.sliceDoc(range.to, range.to + size) === mark
      if (inside) {
        return {
          changes: [
            { from: range.from - size, to: range.from },
            { from: range.to, to: range.to + size },
          ],
          range: EditorSelection.range(range.anchor - size, range.head - size),
        }
      }
      return {
        changes: [
          { from: range.from, insert: mark },
          { from: range.to, insert: mark },
        ],
        range: EditorSelection.range(range.anchor + size, range.head + size),
      }
    })
    return send(state, dispatch, spec)
  }
}

/** Starts every selected line with `start`, or takes it away when all of them start so. */
function toggleLines(start: RegExp, insert: (index: number) => string): StateCommand {
  return ({ state, dispatch }) => {
    const lines = selectedLines(state)
    const on = lines.every((line) => start.test(line.text))
    const changes: ChangeSpec[] = lines.map((line, index) => {
      const [whole = '', indent = ''] = anyMark.exec(line.text) ?? []
      return { from: line.from + indent.length, to: line.from + whole.length, insert: on ? '' : insert(index) }
    })
    const set = state.changes(changes)
    return send(state, dispatch, { changes: set, selection: state.selection.map(set, 1) })
  }
}

function selectedLines(state: EditorState): Line[] {
  const { from, to } = state.selection.main
  const lines: Line[] = []
  for (let at = state.doc.lineAt(from); ; at = state.doc.line(at.number + 1)) {
    lines.push(at)
    if (at.to >= to || at.number === state.doc.lines) return lines
  }
}

function send(state: EditorState, dispatch: (tr: Transaction) => void, spec: object): boolean {
  if (state.readOnly) return false
  dispatch(state.update(spec, { scrollIntoView: true, userEvent: 'input.format' }))
  return true
}

export const bold = toggleAround('**')
export const italic = toggleAround('*')
export const heading = toggleLines(/^\s*## /, () => '## ')
export const list = toggleLines(/^\s*[-*+]\s+(?!\[[ xX]\])/, () => '- ')
export const tasks = toggleLines(/^\s*[-*+]\s+\[[ xX]\]\s/, () => '- [ ] ')

/** `[words](…)` around the selection, with the cursor where the address goes. */
export const link: StateCommand = ({ state, dispatch }) => {
  const { from, to } = state.selection.main
  const words = state.sliceDoc(from, to)
  const cursor = words ? to + 3 : from + 1
  return send(state, dispatch, { changes: { from, to, insert: `[${words}]()` }, selection: { anchor: cursor } })
}
