import { signedIn } from './accounts.mjs'
import { host } from './embedding.mjs'
import { Profile, text } from './lib/browser.mjs'
import { Keyboard } from './lib/keyboard.mjs'
import { note } from './lib/words.mjs'

const sizes = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
]

/** All that people do with their notes, by the keyboard alone. */
export const byKeyboard = {
  async 'by keyboard: an account'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    const keys = new Keyboard(ada.page)
    await ada.goto('/')
    await everywhere(keys, 'start')
    await keys.enter('link', 'Sign in')
    await keys.to('textbox', 'Username')
    await everywhere(keys, 'sign in')
    await keys.enter('link', 'Make an account')
    await keys.to('textbox', /^Username/)
    await everywhere(keys, 'sign up')
    await keys.write(/^Username/, `keys-${Date.now().toString(36)}`)
    await keys.write(/^Your name/, 'Ada')
    await keys.write(/^Password/, 'correct horse battery')
    await keys.press('Enter')
    await keys.enter('button', 'Ada: your account')
    await keys.press('Escape')
    await keys.isOn('button', 'Ada: your account')
    await keys.press('Enter')
    await keys.enter('link', 'Your account')
    await keys.write('Others see you as', 'Ada L.')
    await keys.press('Enter')
    await keys.to('button', 'Ada L.: your account')
    await aKey(keys)
    await keys.enter('button', 'Ada L.: your account')
    await keys.enter('button', 'Sign out')
    await keys.to('link', 'Sign in')
    await ada.close()
  },

  async 'by keyboard: groups'(browser, server) {
    const [ada, bea] = [await signedIn(browser, server, 'Ada'), await signedIn(browser, server, 'Bea')]
    const keys = new Keyboard(ada.page)
    await ada.goto('/groups')
    await keys.write('Name of the new group', 'Cooks')
    await keys.press('Enter')
    await keys.enter('summary', 'Cooks')
    await keys.write('Username', bea.username)
    await keys.press('Enter')
    await ada.page.getByRole('button', { name: 'Remove Bea' }).waitFor()
    ada.allowMissing()
    await keys.write('Username', 'nobody-at-all')
    await keys.press('Enter')
    await ada.page.getByText('There is nobody called').waitFor()
    await everywhere(keys, 'groups')
    await keys.enter('button', 'Remove Bea')
    await keys.press('Enter')
    await ada.page.getByRole('button', { name: 'Remove Bea' }).waitFor({ state: 'hidden' })
    await keys.isSomewhere()
    await keys.enter('button', 'Delete the group Cooks')
    await keys.press('Enter')
    await ada.page.getByText('You are in no group yet.').waitFor()
    await keys.isSomewhere()
    await ada.close()
    await bea.close()
  },

  async 'by keyboard: a note, and sharing it'(browser, server) {
    const [ada, bea] = [await signedIn(browser, server, 'Ada'), await signedIn(browser, server, 'Bea')]
    const keys = new Keyboard(ada.page)
    await keys.enter('button', 'New note')
    await keys.isOn('textbox', 'Text of the note')
    await ada.page.keyboard.insertText(note)
    await ada.says('Saved')
    await everywhere(keys, 'note')
    await keys.enter('button', /: rename$/)
    await keys.type('Rome')
    await keys.press('Enter')
    await keys.isOn('button', /^Rome/)
    await keys.press('Enter')
    await keys.press('Escape')
    await keys.isOn('button', /^Rome/)
    await everywhere(keys, () => keys.popup('More'))
    await everywhere(keys, () => keys.popup(/^You are/))
    await keys.enter('button', 'More')
    await keys.to('button', 'Download')
    await keys.press('Escape')
    await keys.isOn('button', 'More')

    await keys.enter('button', 'Share')
    await keys.isOn('button', 'Close')
    await links(keys)
    await people(ada, keys, bea.username)
    await everywhere(keys, 'share dialog')
    await keys.press('Escape')
    await keys.isOn('button', 'Share')
    await ada.close()
    await bea.close()
  },

  async 'by keyboard: asking for access, and answering'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    const id = await ada.written(note)
    const { url } = await ada.send('POST', `/api/v1/documents/${id}/links`, { level: 'viewer', audience: 'shared' })
    const carl = await Profile.open(browser, server.url)
    carl.allowMissing()
    const theirs = new Keyboard(carl.page)
    await carl.goto(url)
    await theirs.write(/^Your name/, 'Carl')
    await everywhere(theirs, 'ask for access')
    await theirs.write('A word to the owner', 'I cook')
    await theirs.enter('button', 'Ask for access')
    await carl.page.getByRole('heading', { name: 'Waiting for access' }).waitFor()
    await everywhere(theirs, 'waiting')
    await ada.page.reload()
    const keys = new Keyboard(ada.page)
    await everywhere(keys, () => keys.popup(/^1 waiting/))
    await keys.enter('button', /^1 waiting/)
    await keys.enter('button', 'Can read')
    await ada.page.getByText('Carl can open the note now').waitFor()
    await keys.isSomewhere()
    await carl.hasText('flights')
    await theirs.to('link', 'the Trevi fountain')
    await everywhere(theirs, 'let in')
    await ada.close()
    await carl.close()
  },

  async 'by keyboard: lists and the trash'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    for (const words of ['One', 'Two', 'Three']) await ada.written(words)
    const keys = new Keyboard(ada.page)
    await ada.goto('/')
    await keys.to('link', /^Three/)
    await everywhere(keys, 'list')
    await keys.to('searchbox', 'Search your notes')
    await keys.type('no such words')
    await ada.page.getByText('Nothing found for').waitFor()
    await keys.press('Escape')
    await keys.to('link', /^Three/)
    await everywhere(keys, () => keys.popup('Filter'))
    await keys.enter('button', 'Filter')
    await keys.write('Label of a link', 'For nobody')
    await keys.choose('Changed', 'Today')
    await keys.enter('button', 'Show')
    await ada.page.getByText('Without “Label: For nobody” there would be some.').waitFor()
    await keys.isOn('button', 'Filter')
    await everywhere(keys, 'nothing left')
    await keys.enter('button', 'Take off “Label: For nobody”')
    await keys.isOn('button', 'Take off “Changed today”')
    await keys.press('Enter')
    await keys.isSomewhere()
    await keys.enter('button', 'Put “Three” in the trash')
    await keys.isOn('link', /^Two/)
    await keys.enter('link', 'Trash', 'Shift+Tab')
    await keys.isOn('link', 'Trash')
    await keys.enter('button', 'Delete forever “Three”')
    await everywhere(keys, 'trash')
    await keys.to('button', 'Keep')
    await keys.press('Escape')
    await keys.isOn('button', 'Delete forever “Three”')
    await keys.press('Enter')
    await keys.press('Enter')
    await ada.page.getByText('The trash is empty.').waitFor()
    await keys.isSomewhere()
    await ada.close()
  },

  async 'by keyboard: a note in another site'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    const id = await ada.written(note)
    const { url } = await ada.send('POST', `/api/v1/documents/${id}/links`, { level: 'editor' })
    const site = await host(server.friend.port, `${server.url}/embed/${url.split('/').at(-1)}`)
    const bob = await Profile.open(browser, server.friend.url)
    await bob.goto('/')
    const frame = bob.page.frames()[1]
    await frame.locator(`${text}[contenteditable=true]`).waitFor()
    const keys = new Keyboard(bob.page, frame)
    await keys.to('link', 'Open in Sticky')
    await keys.to('textbox', 'Text of the note')
    await keys.press('Control+End')
    await keys.type('!')
    await ada.hasText('walk\n!')
    await keys.press('Escape')
    await keys.press('Tab')
    if (await frame.evaluate(() => document.hasFocus())) throw new Error('Tab does not lead out of the frame')
    await bob.close()
    await site.close()
    await ada.close()
  },
}

/** Every way to go through a screen, on a phone with a keyboard as on a desktop. */
async function everywhere(keys, screen) {
  for (const size of sizes) {
    await keys.page.setViewportSize(size)
    await (typeof screen === 'string' ? keys.walk(`${screen} at ${size.width}`) : screen())
  }
}

async function aKey(keys) {
  await keys.enter('summary', 'Make a key')
  await keys.write('What it is for', 'Export')
  await keys.choose(/^What it may do/, 'Do what I can do')
  await everywhere(keys, 'account')
  await keys.enter('button', 'Make the key')
  await keys.to('textbox', 'The new key')
  await keys.enter('button', 'Done')
  await afterAll(keys, 'End the key Export', 'End it')
}

/** Thinks better of what is asked about once, and then does it: its row goes away. */
async function afterAll(keys, button, sure, row = button) {
  await keys.enter('button', button)
  await keys.isOn('button', sure)
  await keys.press('Escape')
  await keys.isOn('button', button)
  await keys.press('Enter')
  await keys.press('Enter')
  await keys.page.getByRole('button', { name: row }).waitFor({ state: 'hidden' })
  await keys.isSomewhere()
}

async function links(keys) {
  await keys.to('radio', 'read')
  await keys.press('ArrowRight')
  await keys.write('Label, for you alone', 'For Bob')
  await keys.enter('summary', 'Options')
  await keys.choose('What a chat shows of it', 'The title')
  await everywhere(keys, 'a new link')
  await keys.enter('button', 'Copy link')
  await keys.enter('button', 'QR code')
  await keys.enter('button', 'Change the link For Bob')
  await keys.isOn('textbox', 'Label, for you alone')
  await everywhere(keys, 'changing a link')
  await keys.to('button', 'Cancel')
  await keys.press('Escape')
  await keys.isOn('button', 'Change the link For Bob')
  await keys.press('Enter')
  await keys.type(' and Eve')
  await keys.press('Enter')
  await keys.isOn('button', 'Change the link For Bob and Eve')
  await afterAll(keys, 'Turn off the link For Bob and Eve', 'Turn off', 'Change the link For Bob and Eve')
}

async function people(ada, keys, username) {
  await keys.write('Username', username)
  await keys.choose('What they may do', 'can read')
  await keys.enter('button', 'Add')
  await keys.choose('What Bea may do', 'can edit')
  await keys.enter('button', 'Remove Bea')
  await keys.press('Enter')
  await ada.page.getByRole('button', { name: 'Remove Bea' }).waitFor({ state: 'hidden' })
  await keys.isSomewhere()
}
