import { Profile } from './lib/browser.mjs'
import { pictures } from './lib/picture.mjs'

export const lists = {
  async 'finding a note again'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    for (const words of [
      'Documentation\nfor the kitchen',
      'Shopping\nflour and yeast',
      'Trip to Rome\nflights, room',
    ]) {
      await ada.newNote()
      await ada.type(words)
      await ada.says('Saved')
    }
    await ada.goto('/')
    await ada.page.getByRole('link', { name: /Shopping/ }).waitFor()
    const search = ada.page.getByRole('searchbox')
    await found(ada, 'documentaton', 'Documentation')
    await found(ada, 'yea', 'Shopping')
    await ada.page.locator('mark', { hasText: 'yea' }).waitFor()
    await pictures(ada, 'search')
    await search.fill('no such words')
    await ada.page.getByText('Nothing found for “no such words”.').waitFor()
    await pictures(ada, 'search-nothing')
    await search.fill('')
    await ada.page.getByLabel('Changed').selectOption('today')
    await ada.page.getByLabel('Order').selectOption('title')
    const first = ada.page.getByRole('listitem').first()
    await first.filter({ hasText: 'Documentation' }).waitFor()
    await pictures(ada, 'list')
    if (new URL(ada.page.url()).search !== '?sort=title&since=today')
      throw new Error(`${ada.page.url()} is another list`)
    await ada.close()
  },

  async 'what others share'(browser, server) {
    const [ada, bob] = [await Profile.open(browser, server.url), await Profile.open(browser, server.url)]
    await bob.newNote()
    const id = await ada.newNote()
    await ada.type('For the two of us')
    await ada.says('Saved')
    await give(ada, id, (await whoIs(bob)).id)
    await bob.goto('/?show=shared')
    const { name } = await whoIs(ada)
    const row = bob.page.getByRole('link', { name: `For the two of us from ${name}` })
    await row.waitFor()
    await pictures(bob, 'list-shared')
    await bob.page.getByLabel('From').selectOption(`From ${name}`)
    await bob.page.waitForURL(/from=/)
    await row.waitFor()
    await ada.close()
    await bob.close()
  },

  async 'a list that does not come'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.type('Still there')
    await ada.says('Saved')
    ada.allowNetworkNoise()
    await ada.page.route('**/api/v1/documents?*', (route) => route.abort())
    await ada.goto('/')
    await ada.page.getByRole('alert').filter({ hasText: 'Your notes could not be loaded.' }).waitFor()
    await pictures(ada, 'list-failed')
    await ada.page.unroute('**/api/v1/documents?*')
    await ada.page.getByRole('button', { name: 'Try again' }).click()
    await ada.page.getByRole('link', { name: /Still there/ }).waitFor()
    await ada.page.getByRole('link', { name: 'Shared' }).click()
    await ada.page.getByText('Nothing yet. What others share with you will be listed here.').waitFor()
    await ada.close()
  },

  async 'the trash'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    for (const words of ['Keep me', 'Let me go']) {
      await ada.newNote()
      await ada.type(words)
      await ada.says('Saved')
    }
    await ada.goto('/')
    for (const words of ['Keep me', 'Let me go'])
      await ada.page.getByRole('button', { name: `Put “${words}” in the trash` }).click()
    await ada.page.getByRole('link', { name: 'Trash' }).click()
    await ada.page.getByRole('button', { name: 'Restore “Keep me”' }).click()
    await ada.page.getByText('“Keep me” is back').waitFor()
    await ada.page.getByRole('button', { name: 'Delete forever “Let me go”' }).click()
    await pictures(ada, 'trash-list')
    await ada.page.getByRole('button', { name: 'Delete forever', exact: true }).click()
    await ada.page.getByText('The trash is empty.').waitFor()
    await pictures(ada, 'trash-empty')
    await ada.page.getByRole('link', { name: 'Yours' }).click()
    await ada.page.getByRole('link', { name: /Keep me/ }).waitFor()
    await ada.close()
  },
}

function whoIs({ page }) {
  return page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).principal)
}

function give({ page }, note, to) {
  return page.evaluate(
    ([path, body]) =>
      fetch(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    [`/api/v1/documents/${note}/permissions`, { principal_id: to, level: 'viewer' }],
  )
}

/** What was just written is found within seconds; nobody minds trying again. */
async function found({ page }, words, title) {
  const search = page.getByRole('searchbox')
  const hit = page.getByRole('link', { name: new RegExp(title) })
  for (let tries = 0; tries < 20; tries += 1) {
    await search.fill('')
    await search.fill(words)
    await page.waitForResponse((answer) => answer.url().includes('/search?'))
    if (
      await hit.waitFor({ timeout: 400 }).then(
        () => true,
        () => false,
      )
    )
      return
  }
  throw new Error(`“${words}” does not find “${title}”`)
}
