import { deleteMarkupBackward, markdownLanguage } from '@codemirror/lang-markdown'
import { EditorSelection, EditorState, type StateCommand } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import { bold, heading, link, list, tasks } from '../src/editor/commands'
import { fits } from '../src/editor/fit'
import { linkAt } from '../src/editor/links'
import { indent, outdent } from '../src/editor/lists'
import { continueList } from '../src/editor/markdown'

/** A state in which `|` is the cursor and `<`…`>` what is selected. */
function written(text: string, extensions: object[] = []): EditorState {
  const from = text.search(/[|<]/)
  const plain = text.replace(/[|<]/, '')
  const to = plain.indexOf('>')
  const selection = EditorSelection.single(from, to < 0 || !text.includes('<') ? from : to)
  return EditorState.create({
    doc: text.includes('<') ? plain.replace('>', '') : plain,
    selection,
    extensions: [EditorState.lineSeparator.of('\n'), markdownLanguage, ...(extensions as [])],
  })
}

function shown(state: EditorState): string {
  const { from, to } = state.selection.main
  const text = state.doc.toString()
  return from === to
    ? `${text.slice(0, from)}|${text.slice(from)}`
    : `${text.slice(0, from)}<${text.slice(from, to)}>${text.slice(to)}`
}

function after(command: StateCommand, text: string): string {
  let state = written(text)
  command({ state, dispatch: (tr) => (state = tr.state) })
  return shown(state)
}

describe('Enter and Backspace in lists', () => {
  test.each([
    ['- milk|', '- milk\n- |'],
    ['- [x] milk|', '- [x] milk\n- [ ] |'],
    ['9. nine|', '9. nine\n10. |'],
    ['- a\n  - b|', '- a\n  - b\n  - |'],
    ['> said|', '> said\n> |'],
  ])('%j', (before, wanted) => expect(after(continueList, before)).toBe(wanted))

  test('an empty item ends the list', () => expect(after(continueList, '- a\n- |')).toBe('- a\n|'))
  test('Backspace takes the mark away', () => expect(after(deleteMarkupBackward, '- a\n- |b')).toBe('- a\n  |b'))
})

describe('Tab', () => {
  test.each([
    ['- a\n- b|', '- a\n  - b|'],
    ['1. a\n2. b|', '1. a\n   2. b|'],
    ['- [ ] a|', '  - [ ] a|'],
    ['<a\nb>', '  <a\n  b>'],
  ])('%j', (before, wanted) => expect(after(indent, before)).toBe(wanted))

  test.each([
    ['  - b|', '- b|'],
    ['   2. b|', '2. b|'],
    ['\tb|', 'b|'],
    ['b|', 'b|'],
  ])('and Shift: %j', (before, wanted) => expect(after(outdent, before)).toBe(wanted))
})

describe('the toolbar', () => {
  test.each<[string, StateCommand, string, string]>([
    ['bold', bold, 'a <word>', 'a **<word>**'],
    ['bold again', bold, 'a **<word>**', 'a <word>'],
    ['heading', heading, 'Top|', '## Top|'],
    ['heading instead of another', heading, '# Top|', '## Top|'],
    ['no heading', heading, '## Top|', 'Top|'],
    ['list', list, '<a\nb>', '- <a\n- b>'],
    ['checkboxes', tasks, '- a|', '- [ ] a|'],
    ['no checkbox', tasks, '- [x] a|', 'a|'],
    ['link', link, '<here>', '[here](|)'],
    ['link without words', link, 'a |', 'a [|]()'],
  ])('%s', (_, command, before, wanted) => expect(after(command, before)).toBe(wanted))
})

describe('links', () => {
  test.each([
    ['[here|](https://example.org/a)', 'https://example.org/a'],
    ['https://exam|ple.org', 'https://example.org'],
    ['www.exam|ple.org', 'https://www.example.org'],
    ['<https://exam|ple.org>', 'https://example.org'],
    ['![a c|at](https://example.org/cat.png)', 'https://example.org/cat.png'],
    ['[ba|d](javascript:alert(1))', null],
    ['[ba|d](/d/other)', null],
    ['no li|nk', null],
  ])('%j', (text, url) => {
    const at = text.indexOf('|')
    const state = EditorState.create({ doc: text.replace('|', ''), extensions: markdownLanguage })
    expect(linkAt(state, at)).toBe(url)
  })
})

describe('a full note', () => {
  const refusals: number[] = []
  const state = written('|', [
    fits(
      (size) => size <= 3,
      () => refusals.push(1),
    ),
  ])

  test('takes what fits', () => {
    expect(state.update({ changes: { from: 0, insert: 'abc' }, userEvent: 'input.paste' }).state.doc.toString()).toBe(
      'abc',
    )
  })
  test('refuses what does not, and says so', () => {
    expect(state.update({ changes: { from: 0, insert: 'abcd' }, userEvent: 'input.paste' }).state.doc.length).toBe(0)
    expect(refusals).toEqual([1])
  })
  test('takes everything that others wrote', () => {
    expect(state.update({ changes: { from: 0, insert: 'abcd' } }).state.doc.length).toBe(4)
  })
})
