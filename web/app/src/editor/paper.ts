import { EditorView } from '@codemirror/view'

/** How any text looks on a note; what Markdown adds to that is in `markdown/look`. */
export const paper = EditorView.theme({
  '&': { color: 'var(--ink)', fontSize: 'var(--text-size)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--text-font)', lineHeight: '1.62', overflow: 'visible' },
  '.cm-content': { padding: '0 0 30vh', minHeight: 'calc(100dvh - 15rem)', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
})
