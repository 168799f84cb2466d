type Step = { parent: Element; index: number }

const usable = 'a[href], button:enabled, select:enabled, input:enabled, textarea:enabled, summary'

/**
 * Who works by keyboard stands on what has the focus. When that goes away inside `place`, they are put on what has come
 * in its stead, or on the next, and not at the beginning of the page.
 */
export function keepsFocus(place: HTMLElement): () => void {
  let last: HTMLElement | null = null
  let trail: Step[] = []

  const came = ({ target }: FocusEvent) => {
    last = target instanceof HTMLElement ? target : null
    trail = last ? trailOf(last, place) : []
  }
  /** What goes away, or cannot be used for a moment, loses the focus to nothing, too; only what stays was left on purpose. */
  const left = ({ relatedTarget }: FocusEvent) => {
    const wentOn = relatedTarget instanceof Node && !place.contains(relatedTarget)
    if (wentOn) last = null
    else if (!relatedTarget) setTimeout(forgetIfLeft)
  }
  const forgetIfLeft = () => {
    const away = document.activeElement === document.body
    if (away && last?.isConnected && last.matches(usable)) last = null
  }
  const look = () => {
    if (!last || document.activeElement !== document.body) return
    if (!last.isConnected) nextOn(trail)?.focus()
    else if (last.matches(usable)) last.focus()
  }

  const changes = new MutationObserver(look)
  changes.observe(place, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  place.addEventListener('focusin', came)
  place.addEventListener('focusout', left)
  return () => {
    changes.disconnect()
    place.removeEventListener('focusin', came)
    place.removeEventListener('focusout', left)
  }
}

function trailOf(element: Element, place: Element): Step[] {
  const trail: Step[] = []
  for (let at = element; at !== place && at.parentElement; at = at.parentElement)
    trail.push({ parent: at.parentElement, index: [...at.parentElement.children].indexOf(at) })
  return trail
}

/** In the innermost part that is still there: what stands at that place now, then what follows, then what was before. */
function nextOn(trail: Step[]): HTMLElement | undefined {
  for (const { parent, index } of trail.filter(({ parent }) => parent.isConnected)) {
    const children = [...parent.children]
    const found = [...children.slice(index), ...children.slice(0, index).reverse()].map(firstIn).find(Boolean)
    if (found) return found
  }
}

function firstIn(part: Element): HTMLElement | undefined {
  const all = [part, ...part.querySelectorAll(usable)]
  return all.find(
    (one): one is HTMLElement => one instanceof HTMLElement && one.matches(usable) && one.checkVisibility(),
  )
}
