/** The picture in the README: drawn anew only when asked for, because fonts differ from machine to machine. */
export async function keepReadmePicture(profile, guests) {
  if (process.env.STICKY_UPDATE_GOLDENS !== '1') return
  const { page } = profile
  await page.setViewportSize({ width: 1040, height: 640 })
  await page.emulateMedia({ colorScheme: 'light' })
  for (const guest of guests) await guest.page.keyboard.press('ArrowRight')
  await page.waitForTimeout(300)
  await page.screenshot({ path: new URL('../../../docs/editor.png', import.meta.url).pathname })
}
