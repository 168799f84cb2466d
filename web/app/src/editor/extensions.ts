import { moveLineDown, moveLineUp, standardKeymap } from '@codemirror/commands'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import type { Awareness } from 'y-protocols/awareness'
import { type Text, UndoManager } from 'yjs'
import { bold, italic, link } from './commands'
import { fits } from './fit'
import { indent, outdent } from './lists'
import { overtype } from './overtype'
import { paper } from './paper'

export type Writing = {
  text: Text
  mayWrite: boolean
  room: (characters: number) => boolean
  refused: () => void
}

const access = new Compartment()
const rest = new Compartment()

const keys = keymap.of([
  { key: 'Tab', run: indent, shift: outdent },
  { key: 'Mod-b', run: bold, preventDefault: true },
  { key: 'Mod-i', run: italic, preventDefault: true },
  { key: 'Mod-k', run: link, preventDefault: true },
  ...yUndoManagerKeymap,
  { key: 'Alt-ArrowUp', run: moveLineUp },
  { key: 'Alt-ArrowDown', run: moveLineDown },
  ...standardKeymap,
])

const typing = EditorView.contentAttributes.of({
  'aria-label': 'Text of the note',
  'aria-describedby': 'leaving-the-text',
  autocapitalize: 'sentences',
  autocorrect: 'on',
  spellcheck: 'true',
})

export function extensions({ text, mayWrite, room, refused }: Writing): Extension {
  return [
    // A note's text is cut at `\n` alone, as the shared text is, or every position after a `\r\n` would be off by one.
    EditorState.lineSeparator.of('\n'),
    EditorView.lineWrapping,
    // Of two looks the first is the last word.
    rest.of([]),
    paper,
    overtype,
    EditorView.scrollMargins.of(covered),
    fits(room, refused),
    placeholder('Write something…'),
    typing,
    keys,
    access.of(accessOf(mayWrite)),
    yCollab(text, null, { undoManager: new UndoManager(text, { captureTimeout: 400 }) }),
  ]
}

/** The bars above and below lie over the page: the cursor stays clear of them. */
function covered(): { top: number; bottom: number } {
  const heightOf = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().height ?? 0
  return { top: heightOf('header') + 8, bottom: heightOf('[role=toolbar]') + 8 }
}

function accessOf(mayWrite: boolean): Extension {
  return [
    EditorState.readOnly.of(!mayWrite),
    EditorView.editable.of(mayWrite),
    mayWrite ? [] : EditorView.contentAttributes.of({ tabindex: '0' }),
  ]
}

/** Rights may change while a note is open. */
export function setAccess(view: EditorView, mayWrite: boolean): void {
  if (view.state.readOnly === mayWrite) view.dispatch({ effects: access.reconfigure(accessOf(mayWrite)) })
}

/** What is not needed for the first letter: Markdown, others' cursors, and paste as Markdown. */
export async function addRest(view: EditorView, text: Text, awareness: Awareness): Promise<void> {
  const { cursors, markdown, markdownFromHtml, pasting } = await import('./later')
  if (view.dom.isConnected)
    view.dispatch({ effects: rest.reconfigure([markdown, cursors(text, awareness), pasting(markdownFromHtml)]) })
}
