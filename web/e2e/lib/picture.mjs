import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const folder = new URL('../../../target/e2e/', import.meta.url)
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const narrowest = { width: 320, height: 640 }

/** Pictures of one state, light and dark, on a desktop and a phone; each is checked by axe and must not scroll sideways. */
export async function pictures(profile, name, only = Object.keys(sizes)) {
  const { page } = profile
  await mkdir(folder, { recursive: true })
  for (const size of only) {
    await page.setViewportSize(sizes[size])
    await inBothThemes(page, async (theme) => {
      await page.screenshot({ path: new URL(`${name}-${size}-${theme}.png`, folder).pathname })
      await accessible(page, `${name}-${size}-${theme}`)
    })
  }
  await page.setViewportSize(narrowest)
  await inBothThemes(page, async (theme) => {
    await page.screenshot({ path: new URL(`${name}-320-${theme}.png`, folder).pathname })
    await accessible(page, `${name}-320-${theme}`)
  })
  await fits(page, name)
  await page.setViewportSize(sizes[only[0]])
}

/** One picture as it is, for states that a change of size would end. */
export async function picture(profile, name) {
  await mkdir(folder, { recursive: true })
  await inBothThemes(profile.page, async (theme) => {
    await profile.page.screenshot({ path: new URL(`${name}-${theme}.png`, folder).pathname })
    await accessible(profile.page, `${name}-${theme}`)
  })
}

async function inBothThemes(page, look) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(60)
    await look(colorScheme)
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
}

async function accessible(page, name) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n      ${nodes.map((node) => `${node.target} ${node.failureSummary.split('\n').slice(1, 2)}`).join('\n      ')}`,
  )
  if (found.length > 0) throw new Error(`${name} is not accessible:\n    ${found.join('\n    ')}`)
}

async function fits(page, name) {
  const over = await page.evaluate(() => {
    const frames = [document.documentElement, ...document.querySelectorAll('dialog[open], [popover]:popover-open')]
    return Math.max(...frames.map((frame) => frame.scrollWidth - frame.clientWidth))
  })
  if (over > 0) throw new Error(`${name} is ${over} px too wide at 320 px`)
}
