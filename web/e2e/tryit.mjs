import { Profile } from './lib/browser.mjs'
import { pictures } from './lib/picture.mjs'

/** The first minute with Sticky, and the worst one: the server dies while two people type. */
export async function tryIt(browser, server) {
  const ada = await Profile.open(browser, server.url)
  await ada.newNote()
  await ada.type('Hello from Ada')
  await ada.says('Saved')
  const link = await ada.makeLink('edit')
  await ada.closeDialog()

  const bob = await Profile.open(browser, server.url)
  await bob.goto(link)
  await bob.hasText('Hello from Ada')
  await bob.toTheEnd()
  await bob.type('\nHello from Bob')
  await ada.hasText('Hello from Bob')
  await ada.page.locator('.cm-caret').waitFor()
  await ada.page.getByRole('list', { name: 'People here' }).waitFor()

  const loaded = await loadTimes([ada, bob])
  await dieWhileTyping(server, ada, bob)
  await bothAgree(ada, bob)
  if ((await loadTimes([ada, bob])).join() !== loaded.join()) throw new Error('a page was loaded again')
  await newcomerReads(browser, server, link, await ada.content())
  await ada.close()
  await bob.close()
}

/** When each page was loaded: another number after it was loaded again. */
function loadTimes(profiles) {
  return Promise.all(profiles.map(({ page }) => page.evaluate(() => performance.timeOrigin)))
}

async function dieWhileTyping(server, ada, bob) {
  for (const profile of [ada, bob]) {
    profile.allowNetworkNoise()
    await profile.toTheEnd()
  }
  await Promise.all([
    typeLetters(ada, 'a', 20),
    typeLetters(bob, 'b', 20),
    ada.page.waitForTimeout(150).then(() => server.kill()),
  ])
  await ada.says('Reconnecting. Your changes are kept')
  await Promise.all([typeLetters(ada, 'A', 10), typeLetters(bob, 'B', 10)])
  await pictures(ada, 'restarting', ['desktop'])
  await server.start()
  for (const profile of [ada, bob]) await profile.says('Saved', 60_000)
}

async function typeLetters(profile, letter, count) {
  for (let typed = 0; typed < count; typed += 1) {
    await profile.page.keyboard.insertText(letter)
    await profile.page.waitForTimeout(15)
  }
}

async function bothAgree(ada, bob) {
  const wanted = { a: 20, b: 20, A: 10, B: 10 }
  for (let tries = 0; tries < 100; tries += 1) {
    const [one, other] = [await ada.content(), await bob.content()]
    const all = Object.entries(wanted).every(([letter, count]) => runs(one, letter) >= count)
    if (one === other && all) return
    await ada.page.waitForTimeout(100)
  }
  throw new Error(`the two notes differ or lost letters:\n  ${await ada.content()}\n  ${await bob.content()}`)
}

function runs(text, letter) {
  return text.replace(/Hello from (Ada|Bob)/g, '').split(letter).length - 1
}

async function newcomerReads(browser, server, link, wanted) {
  const eve = await Profile.open(browser, server.url)
  await eve.goto(link)
  await eve.hasText(wanted)
  await eve.close()
}
