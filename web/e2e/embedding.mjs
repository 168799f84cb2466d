import { createServer } from 'node:http'
import { Profile, text } from './lib/browser.mjs'
import { pictures } from './lib/picture.mjs'
import { note } from './lib/words.mjs'

/** A note inside a page of another site. */
export const embedding = {
  async 'embedded in another site'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.newNote()
    await ada.type(note)
    await ada.says('Saved')
    const link = new URL(await ada.makeLink('edit'))
    await ada.closeDialog()
    const address = `${server.url}/embed/${link.pathname.split('/').at(-1)}`

    const bob = await Profile.open(browser, server.friend.url)
    const site = await host(server.friend.port, address)
    await bob.goto('/')
    const frame = bob.page.frameLocator('iframe')
    await frame.locator(`${text}[contenteditable=true]`).waitFor()
    await frame.getByText('flights').waitFor()
    await frame.locator(text).press('Control+End')
    await bob.page.keyboard.insertText('\nSunday: rest')
    await ada.hasText('Sunday: rest')
    await ada.says('Saved')
    await pictures(bob, 'embedded')
    await bob.close()
    await refusedElsewhere(browser, server, address)
    await site.close()
    await ada.close()
  },
}

/** A site that nobody named shows nothing. */
async function refusedElsewhere(browser, server, address) {
  const eve = await Profile.open(browser, server.url)
  const site = await host(0, address)
  eve.allowed.push(/frame-ancestors/)
  await eve.page.goto(`http://localhost:${site.port}/`)
  await eve.page.waitForFunction(() => document.querySelector('iframe').dataset.loaded)
  const shown = eve.page.frames().at(-1).url()
  if (!shown.startsWith('chrome-error:')) throw new Error(`a site that is not named shows ${shown}`)
  await eve.close()
  await site.close()
}

/** A page that shows a note in a frame. */
export async function host(port, address) {
  const page = `<!doctype html><html lang="en"><title>Our trip</title><main><h1>Our trip</h1>
    <iframe title="A note" src="${address}" width="100%" height="420"
      onload="this.dataset.loaded = true" style="border:0"></iframe></main></html>`
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(page))
  await new Promise((listening) => server.listen(port, 'localhost', listening))
  return {
    port: server.address().port,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  }
}
