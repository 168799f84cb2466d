import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** What signs links; a server on Postgres wants to be given it. */
const KEYS = '1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='
const START_MS = 20_000
const STOP_MS = 12_000

export type ServerOptions = { localDev?: boolean; port?: number; settings?: Record<string, string> }

/** A real `sticky serve` on a free port with a database of its own, or on that of `DATABASE_URL`, which may be killed and started again. */
export class StickyServer {
  #process: ChildProcess | null = null
  #log = ''

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    readonly port: number,
    private readonly localDev: boolean,
    private readonly settings: Record<string, string>,
  ) {}

  static async start({ localDev = true, port, settings = {} }: ServerOptions = {}): Promise<StickyServer> {
    const binary = process.env.STICKY_BIN
    if (!binary) throw new Error('STICKY_BIN must name the server binary')
    const folder = await mkdtemp(join(tmpdir(), 'sticky-interop-'))
    const server = new StickyServer(binary, folder, port ?? (await freePort()), localDev, settings)
    await server.start()
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get socketOrigin(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    this.#process = spawn(this.binary, this.#arguments(), {
      cwd: this.folder,
      env: { PATH: process.env.PATH, STICKY_LINK_KEYS: KEYS, ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const output of [this.#process.stdout, this.#process.stderr])
      output?.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString()
      })
    await this.#healthy()
  }

  /** SIGKILL: nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** SIGTERM. @returns the exit code */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  async destroy(): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  #arguments(): string[] {
    const database = process.env.DATABASE_URL ?? `sqlite://${join(this.folder, 'sticky.db')}`
    const address = ['--listen', `127.0.0.1:${this.port}`, '--database-url', database]
    return ['serve', ...address, ...(this.localDev ? ['--insecure-local-dev'] : [])]
  }

  async #healthy(): Promise<void> {
    const deadline = Date.now() + START_MS
    while (!(await this.#answers())) {
      if (this.#process?.exitCode !== null || Date.now() > deadline)
        throw new Error(`sticky did not start:\n${this.#log}`)
      await wait(20)
    }
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/healthz`)).ok
    } catch {
      return false
    }
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const running = this.#process
    this.#process = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null
    const ended = once(running, 'exit', { signal: AbortSignal.timeout(STOP_MS) })
    running.kill(signal)
    const [code] = await ended
    return code as number | null
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
