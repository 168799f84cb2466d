/** The picture in the README: drawn anew only when asked for, because fonts differ from machine to machine. */
export async function keepReadmePicture(profile, guests) {
  if (process.env.STICKY_UPDATE_GOLDENS !== '1') return
  const { page } = profile
  await page.setViewportSize({ width: 1040, height: 640 })
  await page.emulateMedia({ colorScheme: 'light' })
  await guests[0].page.keyboard.press('ArrowLeft')
  await guests[1].page.getByText('Saturday').click()
  for (const key of ['End', 'Shift+Control+ArrowLeft']) await guests[1].page.keyboard.press(key)
  await page.getByText('Friday').click()
  await page.waitForTimeout(300)
  await page.screenshot({ path: new URL('../../../docs/editor.png', import.meta.url).pathname })
}
