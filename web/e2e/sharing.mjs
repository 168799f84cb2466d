import { signedIn } from './accounts.mjs'
import { Profile, text } from './lib/browser.mjs'
import { pictures } from './lib/picture.mjs'
import { note } from './lib/words.mjs'

export const sharing = {
  async 'shared with a person, live'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    const bea = await signedIn(browser, server, 'Bea')
    await ada.written(note)
    const dialog = await shareDialog(ada)
    ada.allowMissing()
    await add(dialog, 'nobody-at-all')
    await dialog.getByText('There is nobody called “nobody-at-all” here.').waitFor()
    await add(dialog, bea.username)
    await dialog.getByLabel('What Bea may do').scrollIntoViewIfNeeded()
    await pictures(ada, 'share-people')

    await bea.goto('/?show=shared')
    await bea.page.getByRole('link', { name: /Trip to Rome/ }).click()
    await bea.page.locator(`${text}[contenteditable=true]`).waitFor()
    await dialog.getByLabel('What Bea may do').selectOption('viewer')
    await bea.page.getByText('You can read this note', { exact: true }).waitFor()
    await dialog.getByLabel('What Ada may do').selectOption('viewer')
    await dialog.getByText('Somebody has to own the note').waitFor()
    await dialog.getByRole('button', { name: 'Remove Bea' }).click()
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
    await bea.page.getByRole('heading', { name: 'This note is no longer shared with you' }).waitFor()
    await ada.close()
    await bea.close()
  },

  async 'shared with a group'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    const bea = await signedIn(browser, server, 'Bea')
    await ada.goto('/groups')
    await ada.page.getByLabel('Name of the new group').fill('Cooks')
    await ada.page.getByRole('button', { name: 'Make a group' }).click()
    await ada.page.getByText('Cooks').click()
    await ada.page.getByLabel('Username').fill(bea.username)
    await ada.page.getByRole('button', { name: 'Add', exact: true }).click()
    await ada.page.getByRole('button', { name: 'Remove Bea' }).waitFor()
    await pictures(ada, 'groups')
    const id = await ada.written(note)
    const dialog = await shareDialog(ada)
    await dialog.getByLabel('Whom to add').selectOption({ label: 'Cooks' })
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByLabel('What Cooks may do').waitFor()
    await bea.goto(`/d/${id}`)
    await bea.hasText('flights')
    await ada.goto('/groups')
    await ada.page.getByText('Cooks').click()
    await ada.page.getByRole('button', { name: 'Remove Bea' }).click()
    await ada.page.getByRole('button', { name: 'Remove', exact: true }).click()
    await bea.page.getByRole('heading', { name: 'This note is no longer shared with you' }).waitFor()
    await ada.close()
    await bea.close()
  },

  async 'a link with a password, for one person'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    await ada.written(note)
    const dialog = await shareDialog(ada)
    await dialog.getByText('Options').click()
    await dialog.getByLabel('Password').fill('open sesame')
    await dialog.getByLabel('How many people').fill('1')
    await pictures(ada, 'share-options')
    const link = await ada.makeLink('read')
    const bob = await Profile.open(browser, server.url)
    bob.allowMissing()
    await bob.goto(link)
    await bob.page.getByLabel('Password').fill('open barley')
    await bob.page.getByRole('button', { name: 'Open' }).click()
    await bob.page.getByText('That is not the password of this link.').waitFor()
    await pictures(bob, 'link-password')
    await bob.page.getByLabel('Password').fill('open sesame')
    await bob.page.getByRole('button', { name: 'Open' }).click()
    await bob.hasText('flights')

    await dialog.getByRole('button', { name: /^Change the link/ }).click()
    await dialog.getByLabel('What it lets people do').selectOption('editor')
    await dialog.getByLabel('Label, for you alone').last().fill('For Bob')
    await pictures(ada, 'share-change')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await bob.page.locator(`${text}[contenteditable=true]`).waitFor()
    await dialog.getByText(/1 of 1 have used it/).waitFor()
    const eve = await Profile.open(browser, server.url)
    eve.allowMissing()
    await eve.goto(link)
    await eve.page.getByRole('heading', { name: /No note here|A note for you/ }).waitFor()
    for (const profile of [ada, bob, eve]) await profile.close()
  },

  async 'asking for access'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    await ada.written(note)
    const dialog = await shareDialog(ada)
    await dialog.getByText('Options').click()
    await dialog.getByLabel('Who can use it').selectOption('shared')
    const link = await ada.makeLink('read')
    const carl = await Profile.open(browser, server.url)
    carl.allowMissing()
    await carl.goto(link)
    await carl.page.getByLabel('Your name').fill('Carl')
    await carl.page.getByLabel('A word to the owner').fill('I cook on Friday')
    await pictures(carl, 'ask-for-access')
    await carl.page.getByRole('button', { name: 'Ask for access' }).click()
    await carl.page.getByRole('heading', { name: 'Waiting for access' }).waitFor()
    await pictures(carl, 'waiting-for-access')
    await ada.page.reload()
    await ada.page.getByRole('button', { name: '1 waiting' }).click()
    await ada.page.getByText('I cook on Friday').waitFor()
    await pictures(ada, 'someone-waits')
    await ada.page.getByRole('group', { name: 'Let Carl in?' }).getByRole('button', { name: 'Can edit' }).click()
    await carl.hasText('flights')
    await carl.page.locator(`${text}[contenteditable=true]`).waitFor()
    await ada.close()
    await carl.close()
  },
}

async function shareDialog({ page }) {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  return page.getByRole('dialog')
}

async function add(dialog, username) {
  await dialog.getByLabel('Username').fill(username)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
}
