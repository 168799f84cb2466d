import { type EditorView, WidgetType } from '@codemirror/view'

const marker = /^\[[ xX]\]$/

/** The box drawn over `- [ ] `; `offset` is where the bracket starts in the replaced text. */
export class Checkbox extends WidgetType {
  constructor(
    readonly checked: boolean,
    readonly offset: number,
    readonly label: string,
    readonly locked: boolean,
  ) {
    super()
  }

  override eq(other: Checkbox): boolean {
    return (
      this.checked === other.checked &&
      this.offset === other.offset &&
      this.label === other.label &&
      this.locked === other.locked
    )
  }

  override toDOM(view: EditorView): HTMLElement {
    const box = document.createElement('input')
    box.type = 'checkbox'
    box.checked = this.checked
    box.disabled = this.locked
    box.tabIndex = -1
    box.setAttribute('aria-label', this.label || 'Task')
    // The text decides what the box shows: a click that changed nothing must not look as if it had.
    box.addEventListener('click', (event) => {
      event.preventDefault()
      tickAt(view, view.posAtDOM(span) + this.offset)
    })
    box.addEventListener('mousedown', (event) => event.preventDefault())
    const span = document.createElement('span')
    span.className = 'cm-mark cm-check'
    span.append(box)
    return span
  }

  override ignoreEvent(): boolean {
    return true
  }
}

/** Ticks or unticks the `[ ]` that starts at `from`; false when none is there. */
export function tickAt(view: EditorView, from: number): boolean {
  const now = view.state.sliceDoc(from, from + 3)
  if (!marker.test(now) || view.state.readOnly) return false
  view.dispatch({
    changes: { from: from + 1, to: from + 2, insert: now === '[ ]' ? 'x' : ' ' },
    userEvent: 'input.tick',
  })
  return true
}

/** Ticks the task on the line of the cursor. */
export function tickHere(view: EditorView): boolean {
  const line = view.state.doc.lineAt(view.state.selection.main.head)
  const before = /^[\s>]*(?:[-*+]|\d+[.)])\s+(?=\[[ xX]\])/.exec(line.text)
  return before !== null && tickAt(view, line.from + before[0].length)
}
