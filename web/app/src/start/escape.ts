/** Escape gives up what happens in here, and not also the dialog that it is in. */
export function onEscape(giveUp: () => void) {
  return (place: HTMLElement) => {
    const keys = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      giveUp()
    }
    place.addEventListener('keydown', keys)
    return () => place.removeEventListener('keydown', keys)
  }
}
