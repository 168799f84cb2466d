const widest = 288
const margin = 8

/** Keeps a popover below the button that opens it, its right edge under the button's, inside the window. */
export function anchored(popover: HTMLElement): () => void {
  const place = () => {
    const button = document.querySelector(`[popovertarget="${popover.id}"]`)
    if (!button) return
    const { bottom, right } = button.getBoundingClientRect()
    const room = document.documentElement.clientWidth
    popover.style.setProperty('--top', `${bottom + margin}px`)
    popover.style.setProperty('--right', `${Math.max(margin, Math.min(room - right, room - widest - margin))}px`)
  }
  const events = new AbortController()
  popover.addEventListener('beforetoggle', place, events)
  window.addEventListener('resize', place, events)
  return () => events.abort()
}
