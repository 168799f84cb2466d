import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from './browser'
import { StickyServer } from './server'

const SECRET = 'a-secret-of-the-application'
const USER = { id: '80351110224678912', username: 'nelly', global_name: 'Nelly' }

/** What of Discord signing in asks for, told by its documentation. */
class Discord {
  /** What the next code was given out for. */
  challenge = ''

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Discord> {
    const server = createServer()
    const discord = new Discord(server)
    server.on('request', async (request, response) => {
      const { status, answer } = await discord.#answer(request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return discord
  }

  get settings(): Record<string, string> {
    return {
      STICKY_DISCORD_APPLICATION_ID: '1234',
      STICKY_DISCORD_CLIENT_SECRET: SECRET,
      STICKY_DISCORD_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
    }
  }

  async stop(): Promise<void> {
    this.server.close()
    this.server.closeAllConnections()
    await once(this.server, 'close')
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; answer: object }> {
    if (request.url === '/api/users/@me' && request.headers.authorization === 'Bearer of-nelly')
      return { status: 200, answer: USER }
    if (request.url !== '/api/oauth2/token') return { status: 404, answer: {} }
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString())
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const basic = `Basic ${Buffer.from(`1234:${SECRET}`).toString('base64')}`
    const good = form.get('code') === 'given' && verifier === this.challenge && request.headers.authorization === basic
    if (!good) return { status: 400, answer: { error: 'invalid_grant' } }
    return {
      status: 200,
      answer: { access_token: 'of-nelly', token_type: 'Bearer', expires_in: 604800, scope: 'identify' },
    }
  }
}

describe('signing in with Discord', () => {
  let discord: Discord
  let server: StickyServer

  beforeAll(async () => {
    discord = await Discord.start()
    server = await StickyServer.start({ localDev: false, settings: discord.settings })
  })
  afterAll(() => Promise.all([server.destroy(), discord.stop()]))

  async function back(browser: Browser, code: string): Promise<string> {
    const { url } = await browser.call<{ url: string }>('POST', '/api/v1/providers/discord/login', {})
    const asked = new URL(url).searchParams
    expect(asked.get('scope')).toBe('identify')
    discord.challenge = asked.get('code_challenge') ?? ''
    const query = new URLSearchParams({ code, state: asked.get('state') ?? '' })
    return `${asked.get('redirect_uri')}?${query}`
  }

  it('knows a user by the id that Discord gives', async () => {
    const browser = new Browser(server)
    expect(await browser.visit(await back(browser, 'given'))).toEqual({ status: 303, location: '/' })
    const me = await browser.call('GET', '/api/v1/me')
    expect(me).toMatchObject({ principal: { name: 'Nelly' }, account: { username: 'nelly', has_password: false } })
  })

  it('takes no code that Discord does not know', async () => {
    const browser = new Browser(server)
    const refused = { status: 303, location: '/sign-in?problem=provider_failed' }
    expect(await browser.visit(await back(browser, 'guessed'))).toEqual(refused)
    expect(await browser.call('GET', '/api/v1/me')).toMatchObject({ account: null })
  })
})
