import { syntaxTree } from '@codemirror/language'
import type { EditorState, Range } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view'
import type { SyntaxNodeRef } from '@lezer/common'
import { linkAt } from '../links'
import { Checkbox } from './checkbox'
import { DEEPEST } from './look'

class Bullet extends WidgetType {
  override eq(): boolean {
    return true
  }
  override toDOM(): HTMLElement {
    const span = document.createElement('span')
    span.className = 'cm-mark cm-bullet'
    return span
  }
}

const hidden = Decoration.replace({})
const bullet = Decoration.replace({ widget: new Bullet() })
const number = Decoration.mark({ class: 'cm-number' })
const lines = new Map<string, Decoration>()

/** Marks that say nothing once their effect can be seen; the line being written shows them. */
const effects = new Set([
  'EmphasisMark',
  'StrikethroughMark',
  'CodeMark',
  'LinkMark',
  'URL',
  'LinkTitle',
  'QuoteMark',
  'HeaderMark',
])
/** What leads somewhere. */
const leading = new Set(['Link', 'Image', 'Autolink', 'URL'])
const spaced = new Set(['QuoteMark', 'HeaderMark'])

class Marks {
  decorations: DecorationSet
  constructor(view: EditorView) {
    this.decorations = decorate(view)
  }
  update(update: ViewUpdate) {
    const parsed = syntaxTree(update.startState) !== syntaxTree(update.state)
    if (
      update.docChanged ||
      update.selectionSet ||
      update.viewportChanged ||
      update.focusChanged ||
      parsed ||
      update.transactions.some((tr) => tr.reconfigured)
    ) {
      this.decorations = decorate(update.view)
    }
  }
}

function decorate(view: EditorView): DecorationSet {
  const found: Range<Decoration>[] = []
  const written = linesBeingWritten(view)
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({ from, to, enter: (node) => enter(view, node, written, found) })
  }
  return Decoration.set(found, true)
}

function linesBeingWritten(view: EditorView): (at: number) => boolean {
  const { doc, selection, readOnly } = view.state
  if (readOnly || !view.hasFocus) return () => false
  const spans = selection.ranges.map((range) => [doc.lineAt(range.from).from, doc.lineAt(range.to).to] as const)
  return (at) => spans.some(([from, to]) => at >= from && at <= to)
}

function enter(
  view: EditorView,
  node: SyntaxNodeRef,
  written: (at: number) => boolean,
  found: Range<Decoration>[],
): void {
  const { state } = view
  const name = node.name
  if (state.readOnly && leading.has(name)) anchor(state, node, found)
  if (name.startsWith('ATXHeading')) found.push(line('cm-heading').range(state.doc.lineAt(node.from).from))
  else if (name === 'FencedCode' || name === 'CodeBlock') fence(state, node, found)
  else if (name === 'Blockquote') each(state, node, (at) => found.push(line('cm-quote').range(at)))
  else if (name === 'Table') each(state, node, (at) => found.push(line('cm-table').range(at)))
  else if (name === 'HorizontalRule') rule(state, node, written, found)
  else if (name === 'ListMark') listMark(view, node, found)
  else if (name === 'Escape' && !written(node.from)) found.push(hidden.range(node.from, node.from + 1))
  else if (effects.has(name) && !written(node.from)) effect(state, node, found)
}

/** Where nobody writes a link is one, for every way that people use links. */
function anchor(state: EditorState, node: SyntaxNodeRef, found: Range<Decoration>[]): void {
  const href = leading.has(node.node.parent?.name ?? '') ? null : linkAt(state, node.from)
  if (href === null) return
  const attributes = { href, target: '_blank', rel: 'noopener noreferrer' }
  found.push(Decoration.mark({ tagName: 'a', attributes }).range(node.from, node.to))
}

function effect(state: EditorState, node: SyntaxNodeRef, found: Range<Decoration>[]): void {
  const parent = node.node.parent?.name ?? ''
  if (node.name === 'CodeMark' && parent !== 'InlineCode') return
  if (node.name === 'URL' && parent !== 'Link' && parent !== 'Image') return
  if (parent === 'LinkReference' || (parent === 'Link' && !node.node.parent?.getChild('URL'))) return
  const line = state.doc.lineAt(node.from)
  const space = spaced.has(node.name) && state.sliceDoc(node.to, node.to + 1) === ' ' ? 1 : 0
  const to = Math.min(node.to + space, line.to)
  if (node.name === 'HeaderMark' && to === line.to && node.from === line.from) return
  if (node.from < to) found.push(hidden.range(node.from, to))
}

function rule(
  state: EditorState,
  node: SyntaxNodeRef,
  written: (at: number) => boolean,
  found: Range<Decoration>[],
): void {
  if (written(node.from)) return
  found.push(line('cm-rule').range(state.doc.lineAt(node.from).from), hidden.range(node.from, node.to))
}

function fence(state: EditorState, node: SyntaxNodeRef, found: Range<Decoration>[]): void {
  const last = state.doc.lineAt(node.to).from
  const first = state.doc.lineAt(node.from).from
  each(state, node, (at) => {
    const edges = `${at === first ? ' cm-fence-first' : ''}${at === last ? ' cm-fence-last' : ''}`
    found.push(line(`cm-fence${edges}`).range(at))
  })
}

/** Bullets, numbers and boxes are drawn until the cursor is inside the mark itself. */
function listMark(view: EditorView, node: SyntaxNodeRef, found: Range<Decoration>[]): void {
  const { state } = view
  const here = state.doc.lineAt(node.from)
  const item = node.node.parent
  const task = item?.getChild('Task')?.getChild('TaskMarker')
  const end = task && task.from <= here.to ? task.to : node.to
  const ordered = item?.parent?.name === 'OrderedList'
  found.push(itemLine(state, item?.parent ? depth(node) : 1, task?.to ?? 0).range(here.from))
  if (touched(view, here.from, end) || (!task && end === here.to)) return
  if (node.from > here.from && !state.sliceDoc(here.from, node.from).trim())
    found.push(hidden.range(here.from, node.from))
  if (task)
    found.push(
      Decoration.replace({ widget: checkbox(state, node.from, task.from, here.to) }).range(
        node.from,
        Math.min(task.to + 1, here.to),
      ),
    )
  else
    found.push(ordered ? number.range(node.from, node.to + 1) : bullet.range(node.from, Math.min(node.to + 1, here.to)))
}

function checkbox(state: EditorState, mark: number, task: number, end: number): Checkbox {
  const checked = /[xX]/.test(state.sliceDoc(task + 1, task + 2))
  return new Checkbox(checked, task - mark, state.sliceDoc(task + 3, end).trim(), state.readOnly)
}

function itemLine(state: EditorState, level: number, taskEnd: number): Decoration {
  const done = taskEnd > 0 && /[xX]/.test(state.sliceDoc(taskEnd - 2, taskEnd - 1))
  return line(`cm-item cm-depth-${Math.min(level, DEEPEST)}${done ? ' cm-done' : ''}`)
}

function depth(node: SyntaxNodeRef): number {
  let levels = 0
  for (let up = node.node.parent; up; up = up.parent) if (up.name === 'ListItem') levels += 1
  return levels
}

function touched(view: EditorView, from: number, to: number): boolean {
  if (view.state.readOnly || !view.hasFocus) return false
  return view.state.selection.ranges.some(
    (range) => range.from <= to && range.to >= from && (range.empty || range.from > from || range.to < to),
  )
}

function each(state: EditorState, node: SyntaxNodeRef, visit: (lineStart: number) => void): void {
  for (let at = state.doc.lineAt(node.from); ; at = state.doc.line(at.number + 1)) {
    visit(at.from)
    if (at.to >= node.to || at.number === state.doc.lines) return
  }
}

function line(className: string): Decoration {
  const known = lines.get(className) ?? Decoration.line({ class: className })
  lines.set(className, known)
  return known
}

/** Draws Markdown as what it means, except where it is being written. */
export const marks = ViewPlugin.fromClass(Marks, { decorations: (plugin) => plugin.decorations })
