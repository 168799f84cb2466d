import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { StickyServer } from './server'
import { StockClient } from './stock'
import { untilText } from './until'

const run = promisify(execFile)

let server: StickyServer
let blocks: Map<string, string[]>

beforeAll(async () => {
  server = await StickyServer.start()
  blocks = codeBlocks(await readFile(new URL('../../README.md', import.meta.url), 'utf8'))
})

afterAll(async () => {
  await server.destroy()
})

/** The code blocks of a Markdown text by language. */
function codeBlocks(markdown: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [, language = '', code = ''] of markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm))
    found.set(language, [...(found.get(language) ?? []), code])
  return found
}

it('sets everything up with two commands', () => {
  const [dev, test, curl, ...more] = blocks.get('sh') ?? []
  expect([dev?.trim(), test?.trim()]).toEqual(['cargo xtask dev', 'cargo xtask test'])
  expect(curl).toMatch(/^curl /)
  expect(more).toEqual([])
})

it('makes a note with curl and writes in it with a stock provider, as the README says', async () => {
  const curl = blocks.get('sh')?.[2] ?? ''
  const { stdout } = await run('sh', ['-c', curl], { env: { PATH: process.env.PATH, STICKY: server.origin } })
  const { id, title } = JSON.parse(stdout)
  expect(title).toBe('Shopping')

  const [example = ''] = blocks.get('js') ?? []
  const provider = await evaluate(example, { base: server.socketOrigin, documentId: id, WebSocket })
  const reader = new StockClient(server, id)
  await untilText(reader.doc, 'Hello')
  provider.destroy()
  reader.provider.destroy()
})

/** Runs an example module of ours: its imports as they stand, its free names given. */
async function evaluate(code: string, given: Record<string, unknown>): Promise<{ destroy(): void }> {
  const imports = { Y: await import('yjs'), WebsocketProvider: (await import('y-websocket')).WebsocketProvider }
  const names = { ...imports, ...given }
  const body = `${code.replaceAll(/^import .*$/gm, '')}\nreturn provider`
  return new Function(...Object.keys(names), body)(...Object.values(names))
}
