/** Someone without a mouse, who must see at each step where they are. */
export class Keyboard {
  /** @param frame where the focus is looked for, when it is not the page itself */
  constructor(page, frame = page) {
    this.page = page
    this.frame = frame
  }

  press(key) {
    return this.page.keyboard.press(key)
  }

  type(words) {
    return this.page.keyboard.type(words)
  }

  /** Goes on with Tab until this one has the focus. */
  async to(role, name, key = 'Tab') {
    const wanted = this.#the(role, name)
    await wanted.waitFor()
    const passed = []
    while (!(await wanted.evaluate((element) => element === document.activeElement))) {
      if (passed.length > 60) throw new Error(`${key} does not lead to ${role} “${name}”, but by ${passed.join(' | ')}`)
      passed.push((await this.#step(key))?.name)
    }
    return wanted
  }

  async enter(role, name, key) {
    await this.to(role, name, key)
    await this.press('Enter')
  }

  async write(name, words) {
    await this.to('textbox', name)
    await this.press('ControlOrMeta+a')
    await this.type(words)
  }

  /** Chooses in a list field by the arrow keys. */
  async choose(name, option) {
    const field = await this.to('combobox', name)
    const chosen = () => field.evaluate((select) => select.selectedOptions[0].label)
    await this.press('Home')
    for (let at = null; (await chosen()) !== option; at = await chosen()) {
      if (at === (await chosen())) throw new Error(`“${name}” has no “${option}”`)
      await this.press('ArrowDown')
    }
  }

  /** Where the focus is. It has to be seen: inside the window, not covered, and marked. */
  async here() {
    let at = await this.#look(focused)
    // What the focus has gone to may still be scrolling into the window.
    for (let tries = 0; at && !at.seen && tries < 20; tries += 1) {
      await this.frame.waitForTimeout(100)
      at = await this.#look(focused)
    }
    if (at && !at.seen) throw new Error(`nobody sees that the focus is on ${at.name}: ${at.why}`)
    return at
  }

  async isOn(role, name) {
    await this.#the(role, name).and(this.frame.locator(':focus')).waitFor({ timeout: 5_000 })
    await this.here()
  }

  /** After something went away: the focus did not. */
  async isSomewhere() {
    if (!(await this.here())) throw new Error('the focus is nowhere')
  }

  #the(role, name) {
    if (role === 'summary') return this.frame.locator('summary', { hasText: name })
    return this.frame.getByRole(role, { name, exact: typeof name === 'string' })
  }

  /** What a button opens is gone through after it, and closes behind whoever goes on. */
  async popup(button) {
    await this.enter('button', button)
    const wanted = (await this.#look(usable)).filter(({ popped }) => popped)
    const stops = []
    do {
      stops.push(await this.#step('Tab'))
    } while (stops.at(-1)?.popped)
    this.#missNothing(button, wanted, stops)
    const open = await this.frame.locator(':popover-open').count()
    if (open > 0) throw new Error(`${button} leaves open what covers the page`)
  }

  /** Tab leads to all that can be used, from above to below, and Shift and Tab back the same way. */
  async walk(screen) {
    const all = await this.#settled()
    await this.frame.evaluate(toTheEdge, 'prepend')
    const there = await this.#stops('Tab')
    this.#missNothing(screen, all, there)
    for (const [before, after] of pairs(there))
      if (after.bottom < before.top)
        throw new Error(`${screen}: ${before.name} is come to before ${after.name}, above it`)
    await this.frame.evaluate(toTheEdge, 'append')
    const back = await this.#stops('Shift+Tab')
    const [forth, reversed] = [there, back.reverse()].map((stops) => stops.map(({ name }) => name).join(' | '))
    if (forth !== reversed) throw new Error(`${screen}: Tab goes\n  ${forth}\nand back\n  ${reversed}`)
  }

  /** All that can be used, once nothing more comes. */
  async #settled() {
    await this.frame.waitForLoadState('networkidle')
    let [before, now] = [null, await this.#look(usable)]
    while (JSON.stringify(before) !== JSON.stringify(now)) {
      await this.frame.waitForTimeout(200)
      before = now
      now = await this.#look(usable)
    }
    return now
  }

  #missNothing(screen, all, stops) {
    const missed = all.filter(({ names }) => !stops.some((stop) => names.includes(stop?.name)))
    if (missed.length > 0) throw new Error(`${screen}: Tab does not lead to ${missed.map(({ names }) => names[0])}`)
  }

  #look(inPage) {
    return this.frame.evaluate(`(() => { ${nameOf}; return (${inPage})() })()`)
  }

  async #step(key) {
    await this.press(key)
    const at = await this.here()
    // The one place where Tab means something else says so, and how to leave it.
    if (at?.text) await this.press('Escape')
    return at
  }

  async #stops(key) {
    const stops = []
    for (;;) {
      const at = await this.#step(key)
      if (!at || at.index === stops[0]?.index) return stops
      stops.push(at)
      if (stops.length > 120) throw new Error(`${key} never ends`)
    }
  }
}

const pairs = (list) => list.slice(1).map((after, index) => [list[index], after])

/** In the page: what has the focus, and whether that can be seen. */
function focused() {
  const at = document.activeElement
  if (!at || ['BODY', 'DIALOG', 'IFRAME'].includes(at.tagName)) return null
  window.passed ??= []
  if (!passed.includes(at)) passed.push(at)
  // A hidden radio button shows by what it stands in.
  const shown = at.type === 'radio' ? at.nextElementSibling : at
  const { top, right, bottom, left } = shown.getBoundingClientRect()
  const { outlineStyle, outlineWidth } = getComputedStyle(shown)
  const text = at.isContentEditable || at.classList.contains('cm-content')
  const marked = text || (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2)
  const within = right > 0 && left < innerWidth && bottom > 0 && top < innerHeight
  const x = Math.min(Math.max((left + right) / 2, 0), innerWidth - 1)
  const y = Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1)
  const above = document.elementFromPoint(x, y)
  const covered = !above || !(shown.contains(above) || above.contains(shown) || above === at)
  const scrolled = (at.closest('dialog') ?? document.scrollingElement).scrollTop
  const why = [
    !marked && 'it is not marked',
    !within && 'it is outside',
    covered && `${above?.outerHTML.slice(0, 80)} covers it`,
  ]
  return {
    name: nameOf(at),
    index: passed.indexOf(at),
    seen: marked && within && !covered,
    why: why.filter(Boolean).join(', '),
    top: top + scrolled,
    bottom: bottom + scrolled,
    text,
    popped: at.closest('[popover]') !== null,
  }
}

/** In the page: puts the focus before everything that can be used, or after it. */
function toTheEdge(edge) {
  const top = document.querySelector('dialog[open]') ?? document.body
  const mark = Object.assign(document.createElement('span'), { tabIndex: -1 })
  mark.addEventListener('blur', () => setTimeout(() => mark.remove()))
  top[edge](mark)
  mark.focus()
}

/** In the page: all that can be used, by its name. Of radio buttons one is enough. */
function usable() {
  const top = document.querySelector('dialog[open]') ?? document
  const kinds = 'a[href], button, input, select, textarea, summary, [contenteditable=true]'
  return [...top.querySelectorAll(kinds)]
    .filter(
      (one) =>
        one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest('.cm-content :not(a)'),
    )
    .map((one) => ({
      names: (one.type === 'radio' ? [...document.getElementsByName(one.name)] : [one]).map(nameOf),
      popped: one.closest('[popover]') !== null,
    }))
}

/** In the page: how people know it. */
function nameOf(one) {
  const words = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent
  return `${one.tagName.toLowerCase()} “${words.trim().replace(/\s+/g, ' ').slice(0, 40)}”`
}
