import { setTimeout as sleep } from 'node:timers/promises'
import { Profile, text } from './lib/browser.mjs'
import { picture, pictures } from './lib/picture.mjs'
import { note } from './lib/words.mjs'

/** Going back through what a note said, and making it say so again. */
export const history = {
  async 'history: two people, and back again'(browser, server) {
    const { ada, bob } = await written(browser, server)
    const panel = await open(ada)
    await panel.getByText(/words? added/).waitFor()
    await expectMarked(panel, 'del', 'walk')
    await expectMarked(panel, 'ins', 'and the cheese')
    await panel.getByText('via link “Friends”').waitFor()
    await expectFocusInside(ada)
    await pictures(ada, 'history')

    await bob.type('4. Monday: home')
    await expectMarked(panel, 'ins', 'Monday')
    await panel.getByRole('list').getByRole('button').last().click()
    await panel.getByRole('region').getByText('Bring the good shoes').waitFor()
    await panel.getByText('Restore this version').click()
    await panel.getByRole('group', { name: 'Restore this version?' }).waitFor()
    await pictures(ada, 'history-asks')
    await ada.page.keyboard.press('Enter')
    await panel.waitFor({ state: 'hidden' })
    await ada.page.getByText('Restored', { exact: true }).waitFor()
    for (const profile of [ada, bob]) await reads(profile, note)

    const later = await open(ada)
    await expectMarked(later, 'ins', 'walk')
    await later.getByRole('slider').press('ArrowLeft')
    await readsThen(later, /and the cheese/)
    await ada.page.keyboard.press('Escape')
    await later.waitFor({ state: 'hidden' })
    const back = await ada.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    if (back !== 'More') throw new Error(`the focus went to ${back} instead of the menu’s button`)
    await ada.close()
    await bob.close()
  },

  async 'history: by keyboard alone'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.page.keyboard.type('one two', { delay: 30 })
    await ada.says('Saved')
    await ada.page.keyboard.press('Control+Alt+Shift+H')
    const panel = ada.page.getByRole('dialog', { name: 'History' })
    const slider = panel.getByRole('slider', { name: 'Go through time' })
    await slider.waitFor()
    const count = Number(await slider.getAttribute('max'))
    await tabTo(ada, 'input[type=range]')
    await ada.page.keyboard.press('Home')
    await slider.and(ada.page.locator(`[aria-valuetext="You, just now, change 1 of ${count}"]`)).waitFor()
    await readsThen(panel, 'o')
    await ada.page.keyboard.press('ArrowRight')
    await readsThen(panel, 'on')
    await ada.page.keyboard.press('Tab')
    await expectFocusInside(ada)
    await ada.page.keyboard.press('Tab')
    await ada.page.keyboard.press('Enter')
    await ada.page.keyboard.press('Enter')
    await panel.waitFor({ state: 'hidden' })
    await reads(ada, 'on')
    const inText = await ada.page.evaluate((selector) => document.activeElement?.matches(selector), text)
    if (!inText) throw new Error('the focus did not go back to the text')
    await ada.close()
  },

  async 'history: a reader, and what cannot be read'(browser, server) {
    const { ada, bob } = await written(browser, server, 'read')
    const panel = await open(bob)
    await panel.getByText(/words added/).waitFor()
    if (await panel.getByText('Restore this version').count()) throw new Error('a reader can restore')
    if (await panel.getByText('via').count()) throw new Error('a guest is told about links')
    await pictures(bob, 'history-reader')
    await bob.closeDialog()

    bob.allowNetworkNoise()
    await bob.page.route(/timeline|content\?seq/, (route) => route.abort())
    await open(bob)
    await panel.getByText('The history could not be loaded.').waitFor()
    await pictures(bob, 'history-failed')
    await bob.page.unroute(/timeline|content\?seq/)
    await bob.page.route(/content\?seq/, (route) => route.abort())
    await panel.getByRole('button', { name: 'Try again' }).click()
    await panel.getByText('What the note said then could not be loaded.').waitFor()
    await pictures(bob, 'history-text-failed')
    await bob.page.unroute(/content\?seq/)
    await panel.getByRole('button', { name: 'Try again' }).click()
    await panel.getByRole('region').getByText('Bring the good shoes').waitFor()
    await ada.close()
    await bob.close()
  },

  async 'history: long, and by many'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    const reads = await pretendLong(ada, 700)
    const panel = await open(ada)
    await panel.getByText('The line number 700').waitFor()
    const rows = panel.getByRole('list').getByRole('button')
    await panel.getByRole('button', { name: 'Show earlier' }).click()
    await rows.nth(150).waitFor()
    await pictures(ada, 'history-long')
    reads.length = 0
    const slider = panel.getByRole('slider')
    for (let step = 0; step < 30; step += 1) await slider.press('ArrowLeft')
    await panel.locator('ins', { hasText: 'The line number 670' }).waitFor()
    if (reads.length > 20) throw new Error(`${reads.length} texts were read while going back by 30`)
    await slider.press('Home')
    await panel.getByText('The line number 1', { exact: true }).waitFor()
    await panel.locator('[aria-current]', { hasText: 'Ben' }).waitFor()
    await ada.close()
  },

  async 'history: nothing written, and slow to come'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    const panel = await open(ada)
    await panel.getByText('Nothing has been written yet').waitFor()
    await pictures(ada, 'history-empty')
    await ada.closeDialog()
    let answer
    const asked = new Promise((resolve) => (answer = resolve))
    await ada.page.route(/timeline/, (route) => asked.then(() => route.continue()))
    await open(ada)
    await sleep(400)
    await picture(ada, 'history-loading')
    answer()
    await panel.getByText('Nothing has been written yet').waitFor()
    await ada.close()
  },
}

/** A note of Ada's that somebody else, who came by a link, went on with. */
async function written(browser, server, word = 'edit') {
  const ada = await Profile.open(browser, server.url)
  await ada.newNote()
  await ada.type(note)
  await ada.says('Saved')
  await ada.page.getByRole('button', { name: 'Share', exact: true }).click()
  await ada.page.getByLabel('Label, for you alone').fill('Friends')
  const link = await ada.makeLink(word)
  await ada.closeDialog()
  const bob = await Profile.open(browser, server.url)
  await bob.goto(link)
  await bob.hasText('flights')
  if (word === 'edit') {
    await bob.toTheEnd()
    for (const _ of 'walk\n') await bob.page.keyboard.press('Backspace')
    await bob.page.keyboard.insertText('the market, for the olives and the cheese\n')
    await bob.says('Saved')
    await ada.hasText('the cheese')
  }
  return { ada, bob }
}

/** As if `count` lines had been written, one in an hour, by three people in turn and by two at once in the end. */
async function pretendLong({ page }, count) {
  const names = ['Ada', 'Ben', 'Constance Featherstonehaugh']
  const end = Date.now() - 60_000
  const bursts = Array.from({ length: count }, (_, index) => {
    const late = index >= count - 3
    const time = new Date(end - (late ? 0 : (count - index) * 3_600_000)).toISOString()
    const who = late ? index % 2 : (index + 1) % 3
    const person = { id: String(who), name: names[who] }
    return { first_seq: index + 1, last_seq: index + 1, began_at: time, ended_at: time, person, link_id: null }
  })
  await page.route(/timeline/, (route) => {
    const query = new URL(route.request().url()).searchParams
    const [after, limit] = [Number(query.get('after')), Number(query.get('limit'))]
    const items = bursts.slice(after, after + limit)
    return route.fulfill({ json: { items, next_after: after + limit < count ? after + limit : null } })
  })
  const reads = []
  await page.route(/content\?seq/, (route) => {
    const seq = Number(new URL(route.request().url()).searchParams.get('seq'))
    reads.push(seq)
    const lines = Array.from({ length: seq }, (_, index) => `The line number ${index + 1}`)
    return route.fulfill({ contentType: 'text/markdown; charset=utf-8', body: lines.join('\n') })
  })
  return reads
}

async function open({ page }) {
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: 'History' }).click()
  const panel = page.getByRole('dialog', { name: 'History' })
  await panel.waitFor()
  return panel
}

async function expectMarked(panel, mark, words) {
  await panel.locator(mark, { hasText: words }).first().waitFor()
}

async function expectFocusInside({ page }) {
  const inside = await page.evaluate(() => Boolean(document.activeElement?.closest('dialog')))
  if (!inside) throw new Error('the focus left the history')
}

async function tabTo({ page }, selector) {
  for (let tries = 0; tries < 6; tries += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the Tab key does not come to ${selector}`)
}

/** Waits until this can be read in the note of then; of plain words, when it is all there is. */
async function readsThen(panel, words) {
  const now = panel.getByRole('region', { name: 'The note as it was then' })
  await now.getByText(words, { exact: true }).first().waitFor()
}

async function reads(profile, words) {
  for (let tries = 0; (await profile.content()) !== words; tries += 1) {
    if (tries === 60) throw new Error(`the note reads ${JSON.stringify(await profile.content())}`)
    await profile.page.waitForTimeout(50)
  }
}
