import { Profile } from './lib/browser.mjs'
import { copiesHere } from './lib/device.mjs'
import { pictures } from './lib/picture.mjs'

const password = 'correct horse battery'
let people = 0
/** Another person in each mode and run. */
const nextName = (name) => `${name}-${Date.now().toString(36)}${people++}`

/** A browser that has signed in as somebody new. */
export async function signedIn(browser, server, name) {
  const profile = await Profile.open(browser, server.url)
  profile.username = nextName(name.toLowerCase())
  await profile.goto('/sign-up')
  await fillSignUp(profile, name)
  await profile.page.getByRole('button', { name: 'Make the account' }).click()
  await profile.page.getByRole('button', { name: 'New note' }).waitFor()
  return profile
}

export const accounts = {
  async 'an account, from guest to goodbye'(browser, server) {
    const ada = await Profile.open(browser, server.url)
    ada.username = nextName('ada')
    await ada.newNote()
    await ada.type('Written before the account')
    await ada.says('Saved')
    await signUp(ada)
    await keepEdits(ada)
    await ada.page.getByRole('link', { name: /Written before the account/ }).waitFor()
    await rename(ada)
    await changePassword(ada)
    await programs(ada, server)
    await comeBack(ada)
    await leave(ada)
    await ada.close()
  },

  async 'a key that runs the installation'(browser, server) {
    const root = await Profile.open(browser, server.url)
    root.username = nextName('root')
    await server.run(['user', 'create', root.username, '--admin', '--password-stdin'], password)
    await root.goto('/sign-in?next=/account')
    await fillSignIn(root, root.username, password)
    const { page } = root
    await page.getByText('Make a key').click()
    await page.getByLabel('What it may do').selectOption('Run this Sticky')
    await page.getByText('make and delete them').waitFor()
    await page.getByRole('button', { name: 'Make the key' }).scrollIntoViewIfNeeded()
    await pictures(root, 'account-key-admin')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = await page.getByLabel('The new key').inputValue()
    const users = await statusFor(server, key, '/api/v1/admin/users')
    if (users !== 200) throw new Error(`the key is answered ${users} when it asks for all users`)
    await page.getByText('can run this Sticky').waitFor()
    const ada = await signedIn(browser, server, 'Ada')
    await ada.goto('/account')
    await ada.page.getByText('Make a key').click()
    const offered = await ada.page.getByLabel('What it may do').locator('option').allTextContents()
    if (offered.includes('Run this Sticky')) throw new Error('everybody is offered such a key')
    await root.close()
    await ada.close()
  },

  async 'signing in by way of another service'(browser, server) {
    const bea = await signedIn(browser, server, 'Bea')
    const note = await bea.written('Only for Bea')
    const ada = await Profile.open(browser, server.url)
    await knownElsewhere(ada, { registration: false })
    const next = `/keep?next=%2Fd%2F${note}`
    const wanted = await refusedElsewhere(ada, `/sign-in?problem=denied&next=${encodeURIComponent(next)}`)
    await ada.goto(`/sign-in?next=/d/${note}`)
    await ada.page.getByText('Accounts are made by whoever runs this Sticky.').waitFor()
    await ada.page.getByRole('button', { name: 'Continue with Discord' }).click()
    await ada.page.getByText('It was not allowed there, so nobody is signed in.').waitFor()
    await pictures(ada, 'sign-in-elsewhere')
    if (wanted[0] !== next) throw new Error(`the way back leads to ${wanted[0]}`)
    // Whoever takes another way in still comes to where they wanted to go.
    await fillSignIn(ada, bea.username, password)
    await ada.hasText('Only for Bea')
    await ada.close()
    await bea.close()
  },

  async 'other services of an account'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    await knownElsewhere(ada)
    const wanted = await refusedElsewhere(ada, '/account?problem=identity_taken')
    const connected = [connectedTo('ada', true), connectedTo('ada.at.work', true)]
    await ada.page.route('**/api/v1/me/identities', (route) => route.fulfill({ json: { items: connected } }))
    await ada.page.route('**/api/v1/me/identities/discord/*', (route) => {
      connected.splice(0, 2, connectedTo('ada.at.work', false))
      return route.fulfill({ status: 204 })
    })
    await ada.goto('/account')
    await ada.page.getByRole('button', { name: 'Connect another account of Discord' }).click()
    await ada.page.getByText('That account over there belongs to somebody else here already.').waitFor()
    if (new URL(ada.page.url()).search !== '') throw new Error('the address still tells what is over')
    if (wanted[0] !== '/account') throw new Error(`the way back leads to ${wanted[0]}`)
    await ada.page.getByRole('button', { name: 'Disconnect Discord as ada', exact: true }).click()
    await pictures(ada, 'account-services')
    await ada.page.getByRole('button', { name: 'Disconnect', exact: true }).click()
    await ada.page.getByText('It stays while it is your only way to sign in.').waitFor()
    await ada.page.getByRole('button', { name: /^Disconnect/ }).waitFor({ state: 'hidden' })
    await pictures(ada, 'account-last-service')
    await ada.close()
  },

  async 'signed out elsewhere'(browser, server) {
    const ada = await signedIn(browser, server, 'Ada')
    const phone = await Profile.open(browser, server.url)
    await phone.goto('/sign-in')
    await fillSignIn(phone, ada.username, password)
    await phone.page.getByRole('button', { name: /your account/ }).waitFor()
    await ada.goto('/account')
    await ada.page.getByRole('button', { name: /^Sign out there/ }).click()
    await ada.page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await ada.page.getByRole('button', { name: /^Sign out there/ }).waitFor({ state: 'hidden' })
    phone.allowMissing()
    await phone.page.reload()
    await phone.page.getByRole('link', { name: 'Sign in' }).waitFor()
    await phone.close()
    await ada.close()
  },
}

/** As if the server had another service to sign in with. */
function knownElsewhere({ page }, more = {}) {
  return page.route('**/api/v1/me', async (route) => {
    const me = await (await route.fetch()).json()
    await route.fulfill({ json: { ...me, ...more, providers: [{ id: 'discord', name: 'Discord' }] } })
  })
}

/** The other service sends everybody straight back. @returns where they wanted to go afterwards, one after the other */
async function refusedElsewhere({ page }, back) {
  const wanted = []
  await page.route('**/api/v1/providers/discord/login', (route) => {
    wanted.push(route.request().postDataJSON().return_to)
    return route.fulfill({ json: { url: back } })
  })
  return wanted
}

function connectedTo(name, removable) {
  const connected = { provider: 'discord', provider_name: 'Discord', subject: `${name}-1`, name, removable }
  return { ...connected, connected_at: new Date().toISOString() }
}

async function signUp(ada) {
  const { page } = ada
  await page.getByRole('button', { name: /^You are/ }).click()
  await page.getByRole('link', { name: 'Sign in to keep what you write' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await pictures(ada, 'sign-in')
  await page.getByRole('link', { name: 'Make an account' }).click()
  await page.getByRole('heading', { name: 'Make an account' }).waitFor()
  await fillSignUp(ada, 'Ada')
  await pictures(ada, 'sign-up')
  await page.getByRole('button', { name: 'Make the account' }).click()
}

async function keepEdits(ada) {
  const { page } = ada
  await page.getByRole('heading', { name: 'Keep your edits?' }).waitFor()
  await page.getByRole('button', { name: 'Keep my edits' }).waitFor()
  await pictures(ada, 'keep-edits')
  await page.getByRole('button', { name: 'Keep my edits' }).click()
  // Back at the note, where the same person goes on, now by their own name.
  await ada.says('Saved')
  await page.getByRole('button', { name: 'You are Ada.' }).waitFor()
  await page.getByRole('button', { name: 'Share', exact: true }).waitFor()
  await ada.goto('/')
}

async function rename(ada) {
  const { page } = ada
  await page.getByRole('button', { name: 'Ada: your account' }).click()
  await page.getByRole('link', { name: 'Your account' }).click()
  await page.getByLabel('Others see you as').fill('Ada Lovelace')
  await page.getByRole('button', { name: 'Save the name' }).click()
  await page.getByRole('button', { name: 'Ada Lovelace: your account' }).waitFor()
}

async function changePassword(ada) {
  const { page } = ada
  ada.allowMissing()
  await page.getByLabel('The password until now').fill('not this one')
  await page.getByLabel('The new password').fill(`${password} staple`)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('That is not the password.').waitFor()
  await pictures(ada, 'account')
  await page.getByLabel('The password until now').fill(password)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('The password is changed').waitFor()
}

/** A key is shown once, opens what its owner may open, and opens nothing after its end. */
async function programs(ada, server) {
  const { page } = ada
  await page.getByText('Make a key').click()
  await page.getByLabel('What it is for').fill('Nightly export')
  await page.getByRole('button', { name: 'Make the key' }).click()
  const key = await page.getByLabel('The new key').inputValue()
  await pictures(ada, 'account-key')
  if ((await statusFor(server, key)) !== 200) throw new Error('the key opens nothing')
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: /^End the key/ }).click()
  await page.getByRole('button', { name: 'End it' }).click()
  await page.getByText('Nightly export').waitFor({ state: 'detached' })
  const after = await statusFor(server, key)
  if (after !== 401) throw new Error(`an ended key is answered ${after}`)
}

async function statusFor(server, key, path = '/api/v1/documents') {
  const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } })
  return answer.status
}

/** What was opened here is not left on the device. */
async function comeBack(ada) {
  const { page } = ada
  await page.getByRole('button', { name: /your account/ }).click()
  await pictures(ada, 'account-menu')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).click()
  const kept = await copiesHere(page)
  if (kept.length > 0) throw new Error(`${kept} are still on the device`)
  await fillSignIn(ada, ada.username, password)
  await page.getByText('The username or the password is wrong.').waitFor()
  await pictures(ada, 'sign-in-wrong')
  await fillSignIn(ada, ada.username, `${password} staple`)
  await page.getByRole('link', { name: /Written before the account/ }).waitFor()
}

async function leave(ada) {
  const { page } = ada
  await ada.goto('/account')
  await page.locator('summary', { hasText: 'Delete my account' }).click()
  await page.getByLabel('Your password').fill(`${password} staple`)
  await page.getByLabel('Yes, for good').check()
  await pictures(ada, 'account-delete')
  await page.getByRole('button', { name: 'Delete my account' }).click()
  await page.getByRole('heading', { name: 'Notes for your chat' }).waitFor()
}

async function fillSignUp({ page, username }, name) {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Password').fill(password)
}

async function fillSignIn({ page }, username, secret) {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(secret)
  await page.keyboard.press('Enter')
}
