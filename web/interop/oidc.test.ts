import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from './browser'
import { OidcProvider } from './provider'
import { freePort, StickyServer } from './server'

type Me = { principal: { id: string; name: string } | null; account: { username: string } | null }

const LOGIN = '/api/v1/providers/oidc/login'

describe('signing in with OpenID Connect', () => {
  let provider: OidcProvider
  let server: StickyServer

  beforeAll(async () => {
    const port = await freePort()
    provider = await OidcProvider.start(port)
    server = await StickyServer.start({ localDev: false, port, settings: provider.settings })
  })
  afterAll(() => Promise.all([server.destroy(), provider.stop()]))

  async function setOut(browser: Browser, return_to = '/d/1'): Promise<string> {
    return (await browser.call<{ url: string }>('POST', LOGIN, { return_to })).url
  }

  /** @returns the address that the provider has sent the browser back to */
  async function cameBack(browser: Browser, person: string): Promise<string> {
    return provider.signIn(await setOut(browser), person)
  }

  const me = (browser: Browser) => browser.call<Me>('GET', '/api/v1/me')

  it('makes a user of a newcomer, who is the same one the next time', async () => {
    const browser = new Browser(server)
    const back = await browser.visit(await cameBack(browser, 'ana'))
    expect(back).toEqual({ status: 303, location: '/d/1' })
    const first = await me(browser)
    expect(first).toMatchObject({ principal: { name: 'ana Example' }, account: { username: 'ana' } })
    const elsewhere = new Browser(server)
    await elsewhere.visit(await cameBack(elsewhere, 'ana'))
    expect((await me(elsewhere)).principal).toEqual(first.principal)
  })

  it('gives another name to whoever comes second', async () => {
    const taken = { username: 'ben', password: 'correct horse' }
    await new Browser(server).call('POST', '/api/v1/users', taken)
    const browser = new Browser(server)
    await browser.visit(await cameBack(browser, 'ben'))
    expect((await me(browser)).account?.username).toBe('ben-2')
  })

  it('lets whoever has signed in be vouched for from then on', async () => {
    const browser = new Browser(server)
    const carl = { username: 'carl', password: 'correct horse' }
    await browser.call('POST', '/api/v1/users', carl)
    await browser.call('POST', '/api/v1/login/browser', carl)
    await browser.visit(await cameBack(browser, 'charles'))
    const elsewhere = new Browser(server)
    await elsewhere.visit(await cameBack(elsewhere, 'charles'))
    expect((await me(elsewhere)).account?.username).toBe('carl')
  })

  it('refuses who comes back twice, from elsewhere, or without having set out', async () => {
    const browser = new Browser(server)
    const address = await cameBack(browser, 'dora')
    const without = new URL(address)
    without.searchParams.delete('state')
    const refused = { status: 303, location: '/sign-in?problem=login_refused' }
    const knowing = { status: 303, location: '/sign-in?problem=login_refused&next=%2Fd%2F1' }
    const thief = new Browser(server)
    expect(await thief.visit(address)).toEqual(refused)
    await setOut(thief)
    expect(await thief.visit(address)).toEqual(knowing)
    const careless = browser.clone()
    expect(await careless.visit(without.href)).toEqual(knowing)
    const attempt = browser.clone()
    expect(await browser.visit(address)).toEqual({ status: 303, location: '/d/1' })
    expect(await attempt.visit(address)).toEqual(knowing)
    expect((await me(attempt)).account).toBe(null)
  })

  it('takes no code that was given out for another sign-in', async () => {
    const [victim, thief] = [new Browser(server), new Browser(server)]
    const stolen = new URL(await cameBack(victim, 'emma'))
    const own = new URL(await cameBack(thief, 'eve'))
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '')
    const location = '/sign-in?problem=provider_failed&next=%2Fd%2F1'
    expect(await thief.visit(own.href)).toEqual({ status: 303, location })
    expect((await me(thief)).account).toBe(null)
  })

  it('says so when someone turns back, and still knows where they wanted to go', async () => {
    const browser = new Browser(server)
    const back = await browser.visit(await provider.turnBack(await setOut(browser)))
    expect(back).toEqual({ status: 303, location: '/sign-in?problem=denied&next=%2Fd%2F1' })
  })

  it('sends nobody anywhere else', async () => {
    const browser = new Browser(server)
    const url = await setOut(browser, '//evil.example')
    expect(await browser.visit(await provider.signIn(url, 'flo'))).toEqual({ status: 303, location: '/' })
  })
})
