import { chromium } from 'playwright-core'

/** The first letters of a note are typed here. */
export const text = '.cm-content'

export function launch() {
  const root = process.getuid?.() === 0
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--disable-dev-shm-usage', '--disable-gpu', ...(root ? ['--no-sandbox'] : [])],
  })
}

/** Noise that a browser makes by itself when the network or the server is away; allowed only where a test takes it away. */
const networkNoise =
  /WebSocket connection to .* failed|Failed to load resource: net::ERR_|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/
/** Chromium reports every refusal of a fetch as an error; allowed only where a test asks for what it does not get. */
const missingNoise = /Failed to load resource: the server responded with a status of 40[1349]/

/** One browser profile, which remembers everything that went wrong in it. */
export class Profile {
  problems = []
  allowed = []

  static async open(browser, url, options = {}) {
    const profile = new Profile()
    profile.url = url
    profile.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    await profile.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await profile.context.exposeBinding('tellViolation', (_, what) =>
      profile.problems.push(`content security policy: ${what}`),
    )
    await profile.context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) =>
        window.tellViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
      )
    })
    profile.page = await profile.context.newPage()
    profile.#watch(profile.page)
    return profile
  }

  #watch(page) {
    page.on('pageerror', (error) => this.problems.push(`exception: ${error.stack ?? error}`))
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      if (!this.allowed.some((noise) => noise.test(message.text()))) this.problems.push(`console: ${message.text()}`)
    })
  }

  allowNetworkNoise() {
    this.allowed.push(networkNoise)
  }

  allowMissing() {
    this.allowed.push(missingNoise)
  }

  goto(path) {
    return this.page.goto(new URL(path, this.url).href)
  }

  async newNote() {
    await this.goto('/')
    await this.page.getByRole('button', { name: 'New note' }).click()
    await this.page.waitForURL(/\/d\//)
    await this.page.locator(`${text}[contenteditable=true]`).waitFor()
    await this.says('Saved')
    return this.page.url().split('/').at(-1)
  }

  /** A new note that says so. */
  async written(words) {
    const id = await this.newNote()
    await this.type(words)
    await this.says('Saved')
    return id
  }

  /** Waits until the state of saving reads exactly so. */
  says(words, timeout = 15_000) {
    return this.page.locator('header [role=status]', { hasText: new RegExp(`^${words}$`) }).waitFor({ timeout })
  }

  /** What the server answers this person. */
  send(method, path, body) {
    return this.page.evaluate(
      async ([method, path, body]) => {
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(path, { method, headers, body: JSON.stringify(body) })
        return answer.status === 204 ? null : answer.json()
      },
      [method, path, body],
    )
  }

  async type(words) {
    await this.page.locator(text).focus()
    await this.page.keyboard.insertText(words)
  }

  async toTheEnd() {
    await this.page.locator(text).focus()
    await this.page.keyboard.press('Control+End')
  }

  /** What the editor holds, not what it draws. */
  content() {
    return this.page.locator(text).evaluate((dom) => dom.cmTile.view.state.doc.toString())
  }

  async hasText(words, timeout = 15_000) {
    const end = Date.now() + timeout
    while (!(await this.content()).includes(words)) {
      if (Date.now() > end) throw new Error(`“${words}” did not arrive; the note reads “${await this.content()}”`)
      await this.page.waitForTimeout(50)
    }
  }

  /** Makes a link in the share dialog and leaves the dialog open. */
  async makeLink(word) {
    const { page } = this
    const dialog = page.getByRole('dialog')
    if (!(await dialog.isVisible())) await page.getByRole('button', { name: 'Share', exact: true }).click()
    await dialog.getByRole('radio', { name: word }).check()
    await dialog.getByRole('button', { name: 'Copy link' }).click()
    const link = dialog.getByLabel('Link', { exact: true })
    await link.waitFor()
    return link.inputValue()
  }

  async closeDialog() {
    await this.page.keyboard.press('Escape')
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' })
  }

  async close() {
    await this.context.close()
    if (this.problems.length > 0)
      throw new Error(`problems in the browser:\n  ${[...new Set(this.problems)].join('\n  ')}`)
  }
}
