const margin = 8

/** Keeps a popover below the button that opens it, its right edge under the button's, and inside the window. */
export function anchored(popover: HTMLElement): () => void {
  const place = () => {
    const button = document.querySelector(`[popovertarget="${popover.id}"]`)
    if (!button) return
    const { bottom, right } = button.getBoundingClientRect()
    const { clientWidth, clientHeight } = document.documentElement
    const within = (wanted: number, room: number) => `${Math.max(margin, Math.min(wanted, room - margin))}px`
    popover.style.setProperty('--top', within(bottom + margin, clientHeight - popover.offsetHeight))
    popover.style.setProperty('--right', within(clientWidth - right, clientWidth - popover.offsetWidth))
  }
  // Tells of its opening, too: then it gets a size, before it is painted.
  const sizes = new ResizeObserver(place)
  sizes.observe(popover)
  window.addEventListener('resize', place)
  return () => {
    sizes.disconnect()
    window.removeEventListener('resize', place)
  }
}
