import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Items nested deeper are drawn at this depth. */
export const DEEPEST = 12

// Classes, because our content security policy refuses style attributes as soon as the browser copies a node.
const depths = Object.fromEntries(
  Array.from({ length: DEEPEST }, (_, above) => [`.cm-depth-${above + 1}`, { '--depth': `${above + 1}` }]),
)

const style = HighlightStyle.define([
  { tag: tags.heading1, class: 'md-h1' },
  { tag: tags.heading2, class: 'md-h2' },
  { tag: [tags.heading3, tags.heading4, tags.heading5, tags.heading6], class: 'md-h3' },
  { tag: tags.strong, fontWeight: '650' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through', color: 'var(--ink-2)' },
  { tag: tags.monospace, class: 'md-code' },
  { tag: [tags.link, tags.url], class: 'md-link' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], class: 'md-mark' },
])

const theme = EditorView.theme({
  '.md-h1, .md-h2, .md-h3': { fontWeight: '700', letterSpacing: '-0.012em' },
  '.md-h1': { fontSize: '1.6em', lineHeight: '1.3', letterSpacing: '-0.02em' },
  '.md-h2': { fontSize: '1.28em', lineHeight: '1.4' },
  '.md-h3': { fontSize: '1.06em' },
  '.cm-heading': { paddingTop: '0.45em', paddingBottom: '0.1em' },
  '.cm-heading:first-child': { paddingTop: '0' },
  '.md-mark': { color: 'var(--ink-3)', fontWeight: '400' },
  '.md-code, .cm-fence, .cm-table': { fontFamily: 'var(--code-font)', fontSize: '0.88em' },
  '.md-code': { background: 'var(--code)', borderRadius: '4px', padding: '0.1em 0.28em' },
  '.cm-fence': { background: 'var(--code)', padding: '0 0.9em' },
  '.cm-fence .md-code': { background: 'none', padding: '0', fontSize: 'inherit' },
  '.cm-fence-first': { borderRadius: '8px 8px 0 0', paddingTop: '0.5em' },
  '.cm-fence-last': { borderRadius: '0 0 8px 8px', paddingBottom: '0.5em' },
  '.cm-quote': { borderInlineStart: '3px solid var(--edge)', paddingInlineStart: '0.9em', color: 'var(--ink-2)' },
  '.cm-rule': {
    backgroundImage: 'linear-gradient(var(--edge), var(--edge))',
    backgroundSize: '100% 1px',
    backgroundPosition: '0 55%',
    backgroundRepeat: 'no-repeat',
  },
  '.md-link': {
    color: 'var(--link)',
    textDecoration: 'underline',
    textDecorationThickness: '1px',
    textUnderlineOffset: '3px',
  },
  '.cm-item': { paddingInlineStart: 'calc(var(--depth) * 1.5em)', textIndent: '-1.5em' },
  ...depths,
  '.cm-mark': { display: 'inline-block', width: '1.5em', textIndent: '0' },
  '.cm-bullet::before': { content: '"•"', color: 'var(--ink-3)', paddingInlineStart: '0.3em' },
  '.cm-number': {
    display: 'inline-block',
    minWidth: '1.5em',
    textIndent: '0',
    color: 'var(--ink-2)',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-done': { color: 'var(--ink-3)', textDecoration: 'line-through', textDecorationColor: 'var(--edge)' },
  '.cm-check input': {
    appearance: 'none',
    width: '1.05em',
    height: '1.05em',
    margin: '0',
    verticalAlign: '-0.14em',
    border: '1.5px solid var(--ink-3)',
    borderRadius: '4px',
    background: 'var(--paper) center / 82% no-repeat',
    cursor: 'pointer',
    font: 'inherit',
  },
  '.cm-check input:checked': {
    background: 'var(--accent) var(--tick) center / 82% no-repeat',
    borderColor: 'var(--accent-edge)',
  },
  '.cm-check input:disabled': { cursor: 'default' },
})

/** How Markdown looks while it is being written. */
export const look = [syntaxHighlighting(style), theme]
