import { setTimeout as sleep } from 'node:timers/promises'
import { Profile, text } from './lib/browser.mjs'
import { picture, pictures } from './lib/picture.mjs'
import { keepReadmePicture } from './lib/readme.mjs'
import { note } from './lib/words.mjs'

const saved = 120

/** Every state that a person can meet, each a picture to look at. */
export const states = {
  async 'start, empty and with notes'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.goto('/')
    await ada.page.getByRole('button', { name: 'New note' }).waitFor()
    await pictures(ada, 'start-empty')
    for (const words of [
      '# Trip to Rome\nfriends, flights, food',
      'Shopping\n- [ ] milk',
      'A rather long first line that says much more than a list has room for, even on a wide screen',
    ]) {
      await ada.newNote()
      await ada.type(words)
      await ada.says('Saved')
    }
    await ada.goto('/')
    await ada.page.getByText('Trip to Rome').waitFor()
    await pictures(ada, 'start-list')
    await ada.page.getByRole('button', { name: /Put “Shopping/ }).click()
    await ada.page.getByRole('button', { name: 'Undo' }).waitFor()
    await pictures(ada, 'start-undo')
    await ada.page.getByRole('button', { name: 'Undo' }).click()
    await ada.page.getByText('Shopping').first().waitFor()
    await ada.close()
  },

  async 'new note'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.page.getByText('Write something…').waitFor()
    const focused = await ada.page.evaluate((selector) => document.activeElement?.matches(selector), text)
    if (!focused) throw new Error('the cursor is not in the text of a new note')
    await pictures(ada, 'new-note')
    await ada.close()
  },

  async loading(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.page.routeWebSocket(/\/collab\//, () => {})
    await ada.goto('/')
    await ada.page.getByRole('button', { name: 'New note' }).click()
    await ada.page.waitForURL(/\/d\//)
    await ada.page.locator('.skeleton').waitFor()
    await sleep(400)
    await pictures(ada, 'loading')
    await ada.close()
  },

  async 'live with three people'(browser, server) {
    const { ada, guests, link } = await company(browser, server, 2)
    await guests[0].page.getByText('flights').click()
    await guests[1].page.getByText('Trevi').click({ position: { x: 10, y: 5 } })
    await guests[1].page.keyboard.press('Shift+End')
    await ada.page.getByRole('list', { name: 'People here' }).getByRole('button').nth(1).waitFor()
    await ada.page.locator('.cm-caret').nth(1).waitFor()
    await keepReadmePicture(ada, guests)
    await pictures(ada, 'live')
    await ada.page.getByRole('button', { name: /^You are/ }).click()
    await pictures(ada, 'rename-me')
    await ada.page.getByLabel('Others see you as').fill('Ada')
    await ada.page.getByRole('button', { name: 'Save' }).click()
    await guests[0].page.getByRole('button', { name: 'Go to Ada' }).waitFor()
    await ada.page.getByRole('button', { name: 'More' }).click()
    await pictures(ada, 'menu')
    await ada.page.keyboard.press('Escape')
    // A selection over a line break, replaced: the browser copies the nodes that show it to others.
    await guests[1].page.keyboard.press('Control+End')
    await guests[1].page.keyboard.press('Shift+ArrowUp')
    await ada.page.locator('.cm-theirs').first().waitFor()
    await guests[1].page.keyboard.type('Sunday: rest')
    await ada.page.getByText('Sunday: rest').waitFor()
    await turnOff(ada, guests, link)
  },

  async share(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.type(note)
    await ada.says('Saved')
    await ada.page.getByRole('button', { name: 'Share', exact: true }).click()
    await ada.page.getByText('Works on this computer only. Set --public-url to share it.').waitFor()
    await pictures(ada, 'share-none')
    const link = await ada.makeLink('read')
    const copied = await ada.page.evaluate(() => navigator.clipboard.readText())
    if (copied !== link) throw new Error(`copied “${copied}” instead of the link`)
    await ada.page.getByRole('button', { name: 'QR code' }).click()
    await ada.page.getByRole('img', { name: 'QR code' }).waitFor()
    await ada.page.getByAltText('The note as a chat shows it').evaluate((image) => image.decode())
    await pictures(ada, 'share')
    await ada.close()
  },

  async 'share, and the links are slow to come'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    let go
    const chosen = new Promise((resolve) => (go = resolve))
    await ada.page.route(/\/links$/, async (route) => {
      await chosen
      await route.continue()
    })
    await ada.page.getByRole('button', { name: 'Share', exact: true }).click()
    const dialog = ada.page.getByRole('dialog')
    const edit = dialog.getByRole('radio', { name: 'edit' })
    await edit.check()
    const answered = ada.page.waitForResponse(/\/links$/)
    go()
    await answered
    await dialog.getByRole('button', { name: 'Copy link' }).click()
    await dialog.getByLabel('Link', { exact: true }).waitFor()
    if (!(await edit.isChecked())) throw new Error('what was chosen is chosen no more')
    await ada.close()
  },

  async 'read-only'(browser, server) {
    const { ada, guests } = await company(browser, server, 1, 'read')
    const [bob] = guests
    await bob.page.getByText('You can read this note', { exact: true }).waitFor()
    if ((await bob.page.locator(`${text}[contenteditable=true]`).count()) > 0) throw new Error('a reader can type')
    await pictures(bob, 'read-only')
    await ada.close()
    await bob.close()
  },

  async offline(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.type(note)
    await ada.says('Saved')
    ada.allowNetworkNoise()
    await ada.context.setOffline(true)
    await ada.type('\nwritten on a train')
    await ada.says('Offline. Your changes are kept on this device')
    await pictures(ada, 'offline')
    await ada.context.setOffline(false)
    await ada.says('Saved', 40_000)
    await ada.close()
  },

  async 'not saved'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    let silent = false
    await ada.page.routeWebSocket(/\/collab\//, (socket) => {
      const onward = socket.connectToServer()
      onward.onMessage((frame) => (silent && frame[0] === saved ? undefined : socket.send(frame)))
    })
    await ada.newNote()
    await ada.type(note)
    await ada.says('Saved')
    silent = true
    for (const words of ['\none', ' two', ' three']) {
      await ada.type(words)
      await sleep(300)
    }
    await ada.says('Saving…')
    await ada.says('Not saved: \\d+ changes, kept on this device')
    await pictures(ada, 'not-saved')
    await ada.close()
  },

  async 'nothing is kept here'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.context.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        get: () => {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    })
    await ada.newNote()
    await ada.type(note)
    await ada.says('Saved')
    ada.allowNetworkNoise()
    await ada.context.setOffline(true)
    await ada.type('\nonly here')
    await ada.says('Not saved: this browser keeps nothing. Copy your text')
    await pictures(ada, 'storage-denied')
    await ada.page.getByRole('button', { name: 'Copy text' }).click()
    const copied = await ada.page.evaluate(() => navigator.clipboard.readText())
    if (!copied.includes('only here')) throw new Error('the text was not copied')
    await ada.close()
  },

  async 'in the trash'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.type(note)
    await ada.says('Saved')
    const address = ada.page.url()
    const other = await ada.context.newPage()
    await other.goto(address)
    await other.getByRole('button', { name: 'More' }).click()
    await other.getByRole('button', { name: 'Put in the trash' }).click()
    await ada.page.getByRole('heading', { name: 'This note is in the trash' }).waitFor()
    await pictures(ada, 'trash')
    ada.allowMissing()
    await ada.page.reload()
    await ada.page.getByRole('button', { name: 'Restore the note' }).click()
    await ada.hasText('flights')
    await ada.close()
  },

  async 'not found'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    ada.allowMissing()
    await ada.goto('/s/AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
    await ada.page
      .getByText("There is no note here, or it isn't shared with you. Ask whoever sent it for a link.")
      .waitFor()
    await pictures(ada, 'not-found')
    await ada.close()
  },

  async 'phone with the keyboard open'(browser, server) {
    const ada = await Profile.open(browser, server.url, {
      viewport: { width: 390, height: 430 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
    })
    await ada.newNote()
    await ada.type(note)
    await ada.page.getByRole('toolbar', { name: 'Formatting' }).waitFor()
    await ada.page.getByRole('button', { name: 'Checkbox' }).tap()
    await ada.says('Saved')
    await expectInSight(ada, 'Saturday')
    await picture(ada, 'phone-keyboard')
    await ada.close()
  },
}

/** The line being written lies between the bars, not under one. */
async function expectInSight({ page }, words) {
  const line = await page.locator('.cm-line', { hasText: words }).boundingBox()
  const tools = await page.getByRole('toolbar', { name: 'Formatting' }).boundingBox()
  if (line.y + line.height > tools.y) throw new Error('the toolbar lies over the line being written')
}

/** Ada's note with guests on it, each in a browser of their own. */
async function company(browser, server, count, word = 'edit') {
  const ada = await Profile.open(browser, server.url)
  await ada.newNote()
  await ada.type(note)
  await ada.says('Saved')
  const link = await ada.makeLink(word)
  await ada.closeDialog()
  const guests = []
  for (let each = 0; each < count; each += 1) {
    const guest = await Profile.open(browser, server.url)
    await guest.goto(link)
    await guest.hasText('flights')
    guests.push(guest)
  }
  return { ada, guests, link }
}

/** One guest has written what nobody got when the link is turned off. */
async function turnOff(ada, guests, link) {
  const [bob] = guests
  await bob.page.routeWebSocket(/\/collab\//, (socket) => {
    const onward = socket.connectToServer()
    socket.onMessage((frame) => (bob.mute && frame[0] === 0 ? undefined : onward.send(frame)))
  })
  await bob.page.reload()
  await bob.hasText('flights')
  await bob.says('Saved')
  bob.mute = true
  await bob.type('Meet at the fountain at nine')
  await sleep(500)
  await ada.page.getByRole('button', { name: 'Share', exact: true }).click()
  await ada.page.getByRole('button', { name: /^Turn off/ }).click()
  await ada.page.getByText(/on it and will be cut off|Nobody is on it/).waitFor()
  await pictures(ada, 'turn-off-asks')
  await ada.page.getByRole('button', { name: 'Turn off', exact: true }).click()
  for (const guest of guests)
    await guest.page.getByRole('heading', { name: 'This link was turned off' }).waitFor({ timeout: 5_000 })
  const kept = await bob.page.getByLabel('What you wrote last was not saved').inputValue()
  if (!kept.includes('Meet at the fountain')) throw new Error(`unsent text is lost: “${kept}”`)
  await pictures(bob, 'link-turned-off')
  bob.allowMissing()
  await bob.goto(link)
  await bob.page.getByRole('heading', { name: 'No note here' }).waitFor()
  for (const profile of [ada, ...guests]) await profile.close()
}
