const marksOf: Record<string, string> = { B: '**', STRONG: '**', I: '*', EM: '*', S: '~~', DEL: '~~', STRIKE: '~~' }
const openable = /^(?:https?:|mailto:)/i

/** The Markdown of everything inside `node`, as running text: white space is collapsed, `<br>` is a new line. */
export function inline(node: Node): string {
  const text = [...node.childNodes].map(inlineOf).join('')
  return text.replace(/[ \t\u00a0]+/g, ' ').replace(/ ?\n ?/g, '\n')
}

function inlineOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return escaped((node.nodeValue ?? '').replace(/\s+/g, ' '))
  if (!(node instanceof Element)) return ''
  switch (node.tagName) {
    case 'BR':
      return '\n'
    case 'CODE':
    case 'KBD':
    case 'SAMP':
      return code(node.textContent ?? '')
    case 'A':
      return link(node)
    case 'IMG':
      return image(node)
    case 'INPUT':
    case 'SCRIPT':
    case 'STYLE':
      return ''
    default:
      return styled(node)
  }
}

function styled(element: Element): string {
  return marks(element).reduce((text, mark) => wrapped(text, mark), inline(element))
}

/** Word processors write bold as a styled span, and wrap whole documents in a `<b>` that is not bold. */
function marks(element: Element): string[] {
  const style = element.getAttribute('style') ?? ''
  const weight = /font-weight:\s*(\w+)/.exec(style)?.[1]
  const mark = marksOf[element.tagName]
  const found = new Set(mark && !(mark === '**' && plainWeight(weight)) ? [mark] : [])
  if (weight && !plainWeight(weight)) found.add('**')
  if (/font-style:\s*italic/.test(style)) found.add('*')
  return [...found]
}

function plainWeight(weight: string | undefined): boolean {
  return weight === 'normal' || Number(weight) < 600
}

/** Marks must touch the words that they mark; one mark never spans lines. */
function wrapped(text: string, mark: string): string {
  return text
    .split('\n')
    .map((line) =>
      line.replace(
        /^(\s*)(\S.*?)(\s*)$/,
        (_, before, words, after) => before + mark + unmarked(words, mark) + mark + after,
      ),
    )
    .join('\n')
}

function unmarked(words: string, mark: string): string {
  return mark === '*' ? words : words.replaceAll(mark, '')
}

function code(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim()
  if (!words) return ''
  return words.includes('`') ? `\`\` ${words} \`\`` : `\`${words}\``
}

function link(element: Element): string {
  const target = element.getAttribute('href') ?? ''
  const words = inline(element).trim()
  if (!words || !openable.test(target)) return inline(element)
  return element.textContent?.trim() === target ? target : `[${words.replaceAll('\n', ' ')}](${address(target)})`
}

function image(element: Element): string {
  const source = element.getAttribute('src') ?? ''
  const words = escaped(element.getAttribute('alt') ?? '')
  return openable.test(source) ? `![${words}](${address(source)})` : words
}

function address(target: string): string {
  return target.replace(/[\s()<>]/g, (sign) => encodeURIComponent(sign).replace('(', '%28').replace(')', '%29'))
}

function escaped(text: string): string {
  return text
    .replace(/[\\`*]/g, '\\$&')
    .replace(/(?<!\w)_(?=\S)|(?<=\S)_(?!\w)/g, '\\_')
    .replace(/\[(?=[^\]]*\]\()/g, '\\[')
}
