import { accounts } from './accounts.mjs'
import { editing } from './editing.mjs'
import { embedding } from './embedding.mjs'
import { history } from './history.mjs'
import { byKeyboard } from './keyboard.mjs'
import { launch } from './lib/browser.mjs'
import { Server } from './lib/server.mjs'
import { listing } from './lists.mjs'
import { sharing } from './sharing.mjs'
import { states } from './states.mjs'
import { tryIt } from './tryit.mjs'

const binary = process.env.STICKY_BIN
if (!binary) {
  console.error('Set STICKY_BIN to the sticky program (cargo build, then target/debug/sticky).')
  process.exit(2)
}
const only = process.argv[2]
const modes = { 'local-dev': ['--insecure-local-dev'], guests: [] }
/** What is the same however people are known. */
const guestsAlone = byKeyboard
const journeys = {
  'try it': tryIt,
  ...editing,
  ...history,
  ...embedding,
  ...accounts,
  ...listing,
  ...sharing,
  ...byKeyboard,
  ...states,
}

const browser = await launch()
const failed = []
let passed = 0
for (const [mode, flags] of Object.entries(modes)) {
  if (process.env.STICKY_E2E_MODE && process.env.STICKY_E2E_MODE !== mode) continue
  const server = await Server.start(binary, flags)
  for (const [name, run] of Object.entries(journeys)) {
    if (mode !== 'guests' && name in guestsAlone) continue
    if (!only || name.includes(only)) await attempt(`${mode}: ${name}`, server, () => run(browser, server))
  }
  await server.close()
}
await browser.close()
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`)
console.log(`${passed} passed, ${failed.length} failed`)
process.exit(failed.length > 0 ? 1 : 0)

async function attempt(name, server, run) {
  const start = Date.now()
  try {
    await run()
    passed += 1
    console.log(`ok      ${name} (${Date.now() - start} ms)`)
  } catch (error) {
    failed.push(name)
    console.error(
      `FAILED  ${name}\n${error.stack}\nthe server said last:\n${server.log.split('\n').slice(-12).join('\n')}`,
    )
  }
}
