/**
 * Keeps documents of real Yjs for a program that is written in another language: it asks in lines of JSON, and has an answer
 * in a line for each, in order. Bytes are base64.
 */
import { createInterface } from 'node:readline'
import * as Y from 'yjs'

const documents = []

const acts = {
  open: ({ client }) => {
    const doc = new Y.Doc()
    doc.clientID = client
    return documents.push(doc) - 1
  },
  insert: ({ at, word }, doc) => updateOf(doc, (text) => text.insert(at, word)),
  remove: ({ at, count }, doc) => updateOf(doc, (text) => text.delete(at, count)),
  apply: ({ update }, doc) => void Y.applyUpdate(doc, Buffer.from(update, 'base64')),
  vector: (_, doc) => encoded(Y.encodeStateVector(doc)),
  missing: ({ vector }, doc) => encoded(Y.encodeStateAsUpdate(doc, Buffer.from(vector, 'base64'))),
  view: (_, doc) => [[...Y.decodeStateVector(Y.encodeStateVector(doc))], textOf(doc).toString()],
}

function textOf(doc) {
  return doc.getText('content')
}

function updateOf(doc, edit) {
  let made
  doc.once('update', (update) => {
    made = update
  })
  doc.transact(() => edit(textOf(doc)))
  return encoded(made)
}

function encoded(bytes) {
  return Buffer.from(bytes).toString('base64')
}

for await (const line of createInterface({ input: process.stdin })) {
  const { act, document, ...request } = JSON.parse(line)
  const answer = acts[act](request, documents[document])
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`)
}
