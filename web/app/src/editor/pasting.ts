import { EditorSelection } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

export type Converter = (html: string) => string | null

const address = /^https?:\/\/\S+$/

const rich = (convert: Converter) =>
  EditorView.domEventHandlers({
    paste(event, view) {
      const data = event.clipboardData
      if (!data || view.state.readOnly) return false
      const plain = data.getData('text/plain')
      const text = linked(view, plain) ?? convert(data.getData('text/html'))
      if (text === null) return false
      event.preventDefault()
      insert(view, text)
      return true
    },
  })

/** An address pasted over words makes them a link. */
function linked(view: EditorView, plain: string): string | null {
  const { from, to } = view.state.selection.main
  const words = view.state.sliceDoc(from, to)
  if (!words || words.includes('\n') || address.test(words) || !address.test(plain.trim())) return null
  return `[${words}](${plain.trim()})`
}

function insert(view: EditorView, text: string): void {
  const changes = view.state.changeByRange((range) => ({
    changes: { from: range.from, to: range.to, insert: text },
    range: EditorSelection.cursor(range.from + text.length),
  }))
  view.dispatch(changes, { userEvent: 'input.paste', scrollIntoView: true })
}

/** Lines end in `\n` in every note, whatever was copied. */
const oneLineEnding = EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, '\n'))

export const pasting = (convert: Converter) => [rich(convert), oneLineEnding]
