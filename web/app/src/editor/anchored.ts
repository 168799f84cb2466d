const margin = 8

/** Keeps a popover below the button that opens it, its right edge under the button's, and inside the window. */
export function anchored(popover: HTMLElement): () => void {
  const opener = () => document.querySelector(`[popovertarget="${popover.id}"]`)
  const isElsewhere = (at: EventTarget | null) => at instanceof Node && !popover.contains(at) && !opener()?.contains(at)
  const place = () => {
    const button = opener()
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
  const events = new AbortController()
  window.addEventListener('resize', place, events)
  // Whoever goes on by keyboard is done with it, and should see where they are.
  document.addEventListener('focusin', ({ target }) => isElsewhere(target) && popover.hidePopover(), events)
  return () => {
    sizes.disconnect()
    events.abort()
  }
}
