import { signedIn } from './accounts.mjs'
import { Profile } from './lib/browser.mjs'
import { copiesHere } from './lib/device.mjs'
import { pictures } from './lib/picture.mjs'

export const listing = {
  async 'finding a note again'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    for (const words of [
      'Documentation\nfor the kitchen',
      'Shopping\nflour and yeast',
      'Trip to Rome\nflights, room',
    ]) {
      await ada.written(words)
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
    await narrow(ada, (form) => form.getByLabel('Changed').selectOption('today'))
    await ada.page.getByLabel('Order').selectOption('title')
    const first = ada.page.locator('.rows > li').first()
    await first.filter({ hasText: 'Documentation' }).waitFor()
    await pictures(ada, 'list')
    if (new URL(ada.page.url()).search !== '?sort=title&since=today')
      throw new Error(`${ada.page.url()} is another list`)
    await ada.close()
  },

  async 'what others share'(browser, server) {
    const [ada, bob] = [await Profile.open(browser, server.url), await Profile.open(browser, server.url)]
    await bob.newNote()
    const id = await ada.written('For the two of us')
    await give(ada, id, (await whoIs(bob)).id)
    await bob.goto('/?show=shared')
    const { name } = await whoIs(ada)
    const row = bob.page.getByRole('link', { name: `For the two of us from ${name}` })
    await row.waitFor()
    await pictures(bob, 'list-shared')
    await narrow(bob, (form) => form.getByLabel('From').selectOption(name))
    await bob.page.waitForURL(/from=/)
    await bob.page.getByRole('button', { name: `Take off “From ${name}”` }).waitFor()
    await row.waitFor()
    await ada.close()
    await bob.close()
  },

  async 'narrowing a list'(browser, server) {
    const [ada, bea] = [await signedIn(browser, server, 'Ada'), await signedIn(browser, server, 'Bea')]
    const { page } = ada
    const labelled = await ada.written('With a link')
    await ada.send('POST', `/api/v1/documents/${labelled}/links`, { level: 'viewer', label: 'For Bob' })
    const shared = await ada.written('With Bea')
    await give(ada, shared, (await whoIs(bea)).id)
    await ada.written('For nobody')
    await ada.goto('/')

    await narrow(ada, async (form) => {
      await form.getByLabel('Shared with').selectOption('Someone by username')
      await form.getByLabel('Username', { exact: true }).fill('nobody-at-all')
      await form.getByRole('button', { name: 'Show' }).click()
      await form.getByText('There is nobody called “nobody-at-all” here.').waitFor()
      await pictures(ada, 'list-filter')
      await form.getByLabel('Username', { exact: true }).fill(bea.username)
    })
    await lists(ada, ['With Bea'])
    await narrow(ada, (form) => form.getByLabel('Label of a link').fill('For Bob'))
    await page.getByText('None of your notes is shared with Bea and has a link with the label “For Bob”.').waitFor()
    await page.getByText('Without “Shared with Bea” or “Label: For Bob” there would be some.').waitFor()
    await pictures(ada, 'list-filter-nothing')
    await page.reload()
    await page.getByRole('button', { name: 'Take off “Shared with Bea”' }).click()
    await lists(ada, ['With a link'])
    await page.getByRole('button', { name: 'Take off “Label: For Bob”' }).and(page.locator(':focus')).press('Enter')
    await lists(ada, ['For nobody', 'With Bea', 'With a link'])
    await page.locator('main a:focus').waitFor()
    if (new URL(page.url()).search !== '') throw new Error(`${page.url()} still narrows the list`)
    await ada.close()
    await bea.close()
  },

  async 'a list that does not come'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.written('Still there')
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
    const keep = await ada.written('Keep me')
    await holds(ada, [keep])
    const letGo = await ada.written('Let me go')
    await holds(ada, [keep, letGo])
    await ada.goto('/')
    for (const words of ['Keep me', 'Let me go'])
      await ada.page.getByRole('button', { name: `Put “${words}” in the trash` }).click()
    await holds(ada, [])
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

  async 'a note that was deleted elsewhere'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    const kept = await ada.written('Still wanted')
    await holds(ada, [kept])
    const gone = await ada.written('Wanted no more')
    await holds(ada, [kept, gone])
    await ada.goto('/')
    await ada.page.getByRole('link', { name: /Wanted no more/ }).waitFor()
    await ada.send('DELETE', `/api/v1/documents/${gone}?purge=true`)
    ada.allowMissing()
    await ada.page.reload()
    await holds(ada, [kept])
    await ada.close()
  },
}

/** Waits until the device keeps copies of these notes and no others. */
async function holds({ page }, notes) {
  const wanted = notes.toSorted().join()
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await copiesHere(page)).toSorted().join() === wanted) return
    await page.waitForTimeout(50)
  }
  throw new Error(`the device keeps ${await copiesHere(page)}, not ${wanted}`)
}

function whoIs({ page }) {
  return page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).principal)
}

/** Opens the filters, sets some, and shows what is left. */
async function narrow({ page }, set) {
  await page.getByRole('button', { name: 'Filter' }).click()
  const form = page.getByRole('form', { name: 'Filter' })
  await set(form)
  await form.getByRole('button', { name: 'Show' }).click()
  await form.waitFor({ state: 'hidden' })
}

async function lists({ page }, titles) {
  const shown = () => page.locator('.rows .title').allTextContents()
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await shown()).join() === titles.join()) return
    await page.waitForTimeout(50)
  }
  throw new Error(`the list shows ${await shown()}`)
}

function give(profile, note, to) {
  const given = { principal_id: to, level: 'viewer' }
  return profile.send('PUT', `/api/v1/documents/${note}/permissions`, given)
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
