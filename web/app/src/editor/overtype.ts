import { EditorView } from '@codemirror/view'

/**
 * Typing over a selection that spans lines. Left to itself, a browser joins the lines with style attributes, which our
 * content security policy refuses with a report each time.
 */
export const overtype = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view
    const { from, to } = state.selection.main
    const spansLines = state.doc.lineAt(from).to < to
    if (event.inputType !== 'insertText' || !event.data || state.readOnly || !spansLines) return false
    view.dispatch(state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})
