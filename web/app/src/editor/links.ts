import { syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'
import { type Command, EditorView } from '@codemirror/view'

const openable = /^(?:https?:\/\/|mailto:)/i

/** The address that the text at `at` leads to, or null. Only the web and mail are ever opened. */
export function linkAt(state: EditorState, at: number): string | null {
  for (let node = syntaxTree(state).resolveInner(at, 1); ; ) {
    const url = node.name === 'URL' ? node : node.getChild('URL')
    if (url) return address(state.sliceDoc(url.from, url.to))
    if (!node.parent || !/Link|Image|Mark|Emphasis|Code/.test(node.name)) return null
    node = node.parent
  }
}

function address(text: string): string | null {
  const url = text.replace(/^<|>$/g, '').replace(/^www\./i, 'https://www.')
  return openable.test(url) ? url : null
}

/** Ctrl or Cmd and a click opens a link; where nothing can be written it is one, see `markdown/marks`. */
export const linkClicks = EditorView.domEventHandlers({
  mousedown(event, view) {
    if (event.button !== 0 || view.state.readOnly || !(event.ctrlKey || event.metaKey)) return false
    const at = view.posAtCoords({ x: event.clientX, y: event.clientY })
    const url = at === null || !overLink(event) ? null : linkAt(view.state, at)
    if (!url) return false
    event.preventDefault()
    return follow(url)
  },
})

/** Opens the link that the cursor is in. */
export const openHere: Command = ({ state }) => {
  const url = linkAt(state, state.selection.main.head)
  return url !== null && follow(url)
}

function follow(url: string): true {
  open(url, '_blank', 'noopener,noreferrer')
  return true
}

function overLink(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest('.md-link') !== null
}
