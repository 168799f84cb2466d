import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { plainText, reapply, unsentEdits } from '../src/draft'

/** A text that the server has, and what is done to it afterwards without the server. */
function typed(known: string, edit: (text: Y.Text) => void) {
  const server = new Y.Doc()
  server.getText('content').insert(0, known)
  const local = new Y.Doc()
  Y.applyUpdate(local, Y.encodeStateAsUpdate(server))
  const updates: Uint8Array[] = []
  local.on('update', (update: Uint8Array) => updates.push(update))
  edit(local.getText('content'))
  return { server: server.getText('content'), edits: unsentEdits(local.getText('content'), updates) }
}

function again(known: string, edit: (text: Y.Text) => void, meanwhile: (text: Y.Text) => void = () => {}): string {
  const { server, edits } = typed(known, edit)
  meanwhile(server)
  reapply(edits, server)
  return server.toString()
}

describe('unsent text', () => {
  it('is what was typed, one line per place', () => {
    const { edits } = typed('one three', (text) => {
      text.insert(9, ' four')
      text.insert(4, 'two ')
      for (const letter of '>>') text.insert(0, letter)
    })
    expect(plainText(edits)).toBe('>>\ntwo \n four')
  })

  it('leaves out what was typed and deleted again', () => {
    const { edits } = typed('', (text) => {
      text.insert(0, 'keep drop keep')
      text.delete(4, 5)
    })
    expect(plainText(edits)).toBe('keep keep')
  })

  it('is nothing when only deletions are unsent', () => {
    expect(plainText(typed('gone', (text) => text.delete(0, 4)).edits)).toBeNull()
  })

  it('is found even when its surroundings never arrived', () => {
    const source = new Y.Doc()
    const updates: Uint8Array[] = []
    source.on('update', (update: Uint8Array) => updates.push(update))
    source.getText('content').insert(0, 'surroundings')
    source.getText('content').insert(12, ' stranded')
    const local = new Y.Doc()
    Y.applyUpdate(local, updates[1] ?? new Uint8Array())
    expect(plainText(unsentEdits(local.getText('content'), updates.slice(1)))).toBe(' stranded')
  })
})

describe('compared with the document of the server', () => {
  function recorded(text: string, client: number) {
    const doc = new Y.Doc()
    doc.clientID = client
    const updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => updates.push(update))
    for (const letter of text) doc.getText('content').insert(doc.getText('content').length, letter)
    return { doc, updates, text: doc.getText('content') }
  }

  it('what was recorded without an answer is not unsent', () => {
    const { text, updates } = recorded('abcd', 7)
    const server = new Y.Doc()
    for (const update of updates.slice(0, 2)) Y.applyUpdate(server, update)
    expect(plainText(unsentEdits(text, updates, server))).toBe('cd')
  })

  it('what somebody else wrote under the same client id is not taken for it', () => {
    const { text, updates } = recorded('abcd', 7)
    expect(plainText(unsentEdits(text, updates, recorded('other', 7).doc))).toBe('abcd')
  })
})

describe('made again in the text of the server', () => {
  it('stands where it was typed, though the text has moved', () => {
    const edit = (text: Y.Text) => text.insert(4, 'two ')
    expect(again('one three', edit, (text) => text.insert(0, 'zero '))).toBe('zero one two three')
  })

  it('keeps several places apart, and deletes again what was deleted', () => {
    const edit = (text: Y.Text) => {
      text.delete(0, 4)
      text.insert(5, '!')
      text.insert(0, '🥕 ')
    }
    expect(again('one three', edit)).toBe('🥕 three!')
  })

  it('keeps its order where the text around it is gone', () => {
    const edit = (text: Y.Text) => {
      text.insert(1, 'X')
      text.insert(3, 'Y')
    }
    expect(again('abc', edit, (text) => text.delete(0, 3))).toBe('XY')
  })

  it('is an ordinary edit under the new client id', () => {
    const { server, edits } = typed('a', (text) => text.insert(1, 'b'))
    const id = server.doc?.clientID
    reapply(edits, server)
    expect(server.doc?.clientID).toBe(id)
    expect(Y.decodeStateVector(Y.encodeStateVector(server.doc ?? new Y.Doc())).get(id ?? 0)).toBe(2)
  })
})
