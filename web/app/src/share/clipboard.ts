/** Copies `text`, which may still be on its way: some browsers allow copying only right after a click. */
export async function copy(text: string | Promise<string>): Promise<boolean> {
  try {
    if (typeof text === 'string') await navigator.clipboard.writeText(text)
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then(plain) })])
    return true
  } catch {
    return typeof text === 'string' && copyBySelection(text)
  }
}

function plain(text: string): Blob {
  return new Blob([text], { type: 'text/plain' })
}

/** The clipboard is denied on plain http and in some frames; a selection can still be copied there. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'unseen'
  ;(document.querySelector('dialog[open]') ?? document.body).append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
