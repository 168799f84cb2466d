const sheet = new CSSStyleSheet()
const known = new Set<string>()

/**
 * A class that sets `property` to this colour. A style attribute would do but for our content security policy, which
 * refuses it as soon as the browser copies a node.
 */
export function tint(property: 'background-color' | '--who', color: string | undefined): string {
  if (!color || !/^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(color)) return ''
  const name = `tint-${property}-${color.slice(1)}`
  if (!known.has(name)) {
    known.add(name)
    sheet.insertRule(`.${name} { ${property}: ${color}; }`)
    const { adoptedStyleSheets } = document
    if (!adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [...adoptedStyleSheets, sheet]
  }
  return name
}
