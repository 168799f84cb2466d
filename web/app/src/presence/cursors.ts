import { Annotation, type Extension, type Range } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from '@codemirror/view'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Cursor, Present } from './people'
import { tint } from './tints'

// y-codemirror.next draws remote cursors by style attributes, which our content security policy refuses, and reads
// positions while the editor is still behind the shared text. So cursors are drawn here.

type Shown = { user: Partial<Present>; cursor: Cursor; moves: number }

const redraw = Annotation.define<boolean>()

class Caret extends WidgetType {
  constructor(
    readonly name: string,
    readonly color: string,
    readonly moves: number,
  ) {
    super()
  }

  /** A moved caret is a new one, so that its label shows again. */
  override eq(other: Caret): boolean {
    return this.name === other.name && this.color === other.color && this.moves === other.moves
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement('span')
    caret.className = `cm-caret ${tint('--who', this.color)}`
    const label = document.createElement('span')
    label.className = 'cm-caret-name'
    label.textContent = this.name
    caret.setAttribute('aria-hidden', 'true')
    caret.append('\u2060', label)
    return caret
  }

  override ignoreEvent(): boolean {
    return true
  }
}

class Cursors {
  decorations: DecorationSet = Decoration.none
  private readonly shown = new Map<number, Shown>()
  private pending = 0

  constructor(
    private readonly view: EditorView,
    private readonly text: Y.Text,
    private readonly awareness: Awareness,
  ) {
    awareness.on('change', this.changed)
    this.decorations = this.draw()
  }

  update(update: ViewUpdate): void {
    if (update.docChanged) this.decorations = this.decorations.map(update.changes)
    if (update.selectionSet || update.focusChanged || update.docChanged) this.later()
    if (update.transactions.some((tr) => tr.annotation(redraw))) this.decorations = this.draw()
  }

  destroy(): void {
    cancelAnimationFrame(this.pending)
    this.awareness.off('change', this.changed)
  }

  private readonly changed = () => this.later()

  /** Once per frame at most, and never inside an update: then text and editor agree. */
  private later(): void {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0
      this.tell()
      this.view.dispatch({ annotations: redraw.of(true) })
    })
  }

  private tell(): void {
    const { view, text, awareness } = this
    if (!view.hasFocus || view.state.readOnly || !awareness.getLocalState()) return
    const { anchor, head } = view.state.selection.main
    const cursor = { anchor: relative(text, anchor), head: relative(text, head) }
    if (JSON.stringify(awareness.getLocalState()?.cursor) !== JSON.stringify(cursor))
      awareness.setLocalStateField('cursor', cursor)
  }

  private draw(): DecorationSet {
    const found: Range<Decoration>[] = []
    for (const [client, state] of this.awareness.getStates()) {
      if (client === this.awareness.clientID || !state.cursor || !state.user?.name) continue
      found.push(...this.decorationsOf(this.seen(client, state as Omit<Shown, 'moves'>)))
    }
    return Decoration.set(found, true)
  }

  private seen(client: number, { user, cursor }: Omit<Shown, 'moves'>): Shown {
    const before = this.shown.get(client)
    const moved = JSON.stringify(before?.cursor) !== JSON.stringify(cursor)
    const now = { user, cursor, moves: (before?.moves ?? 0) + (moved ? 1 : 0) }
    this.shown.set(client, now)
    return now
  }

  private decorationsOf({ user, cursor, moves }: Shown): Range<Decoration>[] {
    const anchor = this.place(cursor.anchor)
    const head = this.place(cursor.head)
    if (anchor === null || head === null) return []
    const caret = Decoration.widget({
      side: head > anchor ? -1 : 1,
      widget: new Caret(user.name ?? '', user.color ?? 'gray', moves),
    }).range(head)
    if (anchor === head) return [caret]
    const selection = Decoration.mark({ class: `cm-theirs ${tint('background-color', user.colorLight)}` })
    return [selection.range(Math.min(anchor, head), Math.max(anchor, head)), caret]
  }

  private place(position: unknown): number | null {
    return positionOf(this.text, position, this.view.state.doc.length)
  }
}

function relative(text: Y.Text, index: number): unknown {
  return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index))
}

/** Where a position that somebody sent is in this text now; null when it is nowhere in it. */
function positionOf(text: Y.Text, position: unknown, length: number): number | null {
  if (!text.doc || !position) return null
  try {
    const absolute = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), text.doc)
    return absolute?.type === text ? Math.min(absolute.index, length) : null
  } catch {
    return null
  }
}

/** Scrolls to where one of a person's windows has its cursor; false when none has one. */
export function jumpTo(view: EditorView, text: Y.Text, awareness: Awareness, person: Present): boolean {
  for (const client of person.clients) {
    const at = positionOf(text, awareness.getStates().get(client)?.cursor?.head, view.state.doc.length)
    if (at === null) continue
    view.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    return true
  }
  return false
}

const theme = EditorView.baseTheme({
  '.cm-caret': {
    position: 'relative',
    borderInlineStart: '2px solid var(--who)',
    marginInline: '-1px',
    pointerEvents: 'auto',
  },
  '.cm-caret::before': {
    content: '""',
    position: 'absolute',
    insetInlineStart: '-4px',
    top: '-3px',
    width: '6px',
    height: '6px',
    borderRadius: '50%',
    background: 'var(--who)',
  },
  '.cm-caret-name': {
    position: 'absolute',
    bottom: 'calc(100% - 1px)',
    insetInlineStart: '-2px',
    zIndex: '2',
    padding: '1px 6px',
    borderRadius: '5px 5px 5px 0',
    background: 'var(--who)',
    color: '#fff',
    font: '600 0.7rem/1.5 var(--ui-font)',
    textIndent: '0',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
    animation: 'caret-name var(--quick) 2s forwards',
  },
  '.cm-caret:hover .cm-caret-name': { animation: 'none' },
})

/** Where the others are, and telling them where we are. */
export function cursors(text: Y.Text, awareness: Awareness): Extension {
  const plugin = ViewPlugin.define((view) => new Cursors(view, text, awareness), {
    decorations: (cursors) => cursors.decorations,
  })
  return [plugin, theme]
}
