import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// On a server, all share one database, and have one key.
const database = process.env.STICKY_E2E_DATABASE_URL
const linkKeys = database && '1:MTIzNDU2NzgxMjM0NTY3ODEyMzQ1Njc4MTIzNDU2Nzg='

/** One `sticky serve` on a database of its own, that can be killed and started again on the same port. */
export class Server {
  #process = null
  #log = ''

  static async start(binary, flags = []) {
    const server = new Server()
    server.binary = binary
    server.flags = flags
    server.folder = await mkdtemp(join(tmpdir(), 'sticky-e2e-'))
    server.port = await freePort()
    server.url = `http://127.0.0.1:${server.port}`
    // Another site, whose pages may show notes in a frame.
    server.friend = { port: await freePort() }
    server.friend.url = `http://localhost:${server.friend.port}`
    await server.start()
    return server
  }

  async start() {
    const place = ['--listen', `127.0.0.1:${this.port}`]
    this.#process = this.#spawn(['serve', ...place, ...this.flags])
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on('data', (text) => (this.#log += text))
    await this.#ready()
  }

  /** Another command on the same notes, while the server runs. */
  async run(command, input = '') {
    const running = this.#spawn(command)
    running.stdin.end(input)
    const [code] = await once(running, 'exit')
    if (code !== 0) throw new Error(`sticky ${command.join(' ')} ended with ${code}`)
  }

  #spawn(command) {
    const where = ['--public-url', this.url, '--database-url', database ?? `sqlite://${this.folder}/sticky.db`]
    return spawn(this.binary, [...command, ...where], {
      // What the runner sets for us is no setting of the server's.
      env: { PATH: process.env.PATH, STICKY_EMBED_ORIGINS: this.friend.url, STICKY_LINK_KEYS: linkKeys },
    })
  }

  /** As when the power goes: nothing is flushed, nobody is told. */
  kill() {
    return this.#end('SIGKILL')
  }

  async close() {
    await this.#end('SIGTERM')
    await rm(this.folder, { recursive: true, force: true })
  }

  get log() {
    return this.#log
  }

  async #ready() {
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.#process.exitCode !== null) break
      const answer = await fetch(`${this.url}/healthz`).catch(() => null)
      if (answer?.ok) return
      await sleep(50)
    }
    throw new Error(`the server did not start:\n${this.#log}`)
  }

  async #end(signal) {
    const running = this.#process
    if (!running || running.exitCode !== null || running.signalCode) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
