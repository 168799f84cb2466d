import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

const CLIENT = { client_id: 'sticky', client_secret: 'a-secret-between-the-two' }

/** A real OpenID Connect provider. Whoever signs in there is who they say; any password will do. */
export class OidcProvider {
  private constructor(
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  static async start(port: number): Promise<OidcProvider> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const provider = new Provider(issuer, {
      clients: [{ ...CLIENT, redirect_uris: [`http://127.0.0.1:${port}/api/v1/providers/oidc/callback`] }],
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: `${id} Example`, preferred_username: `${id}@example.org` }),
      }),
      cookies: { keys: ['only for the tests'] },
    })
    server.on('request', provider.callback())
    return new OidcProvider(issuer, server)
  }

  /** What Sticky is told of it. */
  get settings(): Record<string, string> {
    return {
      STICKY_OIDC_ISSUER: this.issuer,
      STICKY_OIDC_CLIENT_ID: CLIENT.client_id,
      STICKY_OIDC_CLIENT_SECRET: CLIENT.client_secret,
      STICKY_OIDC_NAME: 'Example',
    }
  }

  /** Walks through its pages as this person. @returns the address that it sends the browser back to */
  async signIn(url: string, person: string): Promise<string> {
    const visit = new Visit(this.issuer)
    let page = await visit.get(url)
    while (!page.location) {
      const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1]
      const action = /action="([^"]+)"/.exec(page.text)?.[1]
      if (!prompt || !action) throw new Error(`not a page to sign in on: ${page.text}`)
      page = await visit.post(action, { prompt, login: person, password: 'any' })
    }
    return page.location
  }

  /** Turns back at its first page. @returns the address that it sends the browser back to */
  async turnBack(url: string): Promise<string> {
    const visit = new Visit(this.issuer)
    const page = await visit.get(url)
    const abort = /href="([^"]+\/abort)"/.exec(page.text)?.[1]
    if (!abort) throw new Error(`no way back: ${page.text}`)
    const back = await visit.get(abort)
    if (!back.location) throw new Error('no way back')
    return back.location
  }

  async stop(): Promise<void> {
    this.server.close()
    this.server.closeAllConnections()
    await once(this.server, 'close')
  }
}

/** A page of the provider, or where it sends the browser away. */
type Page = { text: string; location: string | null }

/** A browser on the provider's pages. */
class Visit {
  readonly #cookies = new Map<string, string>()

  constructor(private readonly issuer: string) {}

  get(url: string): Promise<Page> {
    return this.#ask(url, {})
  }

  post(url: string, form: Record<string, string>): Promise<Page> {
    return this.#ask(url, { method: 'POST', body: new URLSearchParams(form) })
  }

  async #ask(url: string, init: RequestInit): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const address = new URL(url, this.issuer)
    const response = await fetch(address, { ...init, redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      this.#cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) return { text: await response.text(), location: null }
    const next = new URL(location, address)
    return next.origin === this.issuer ? this.get(next.href) : { text: '', location: next.href }
  }
}
