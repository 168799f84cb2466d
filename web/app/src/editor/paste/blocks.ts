import { inline } from './inline'
import { table } from './table'

const containers = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE UL'.split(
    ' ',
  ),
)

/** The Markdown blocks inside `node`, in reading order, each without a blank line at its ends. */
export function blocks(node: Node): string[] {
  const found: string[] = []
  let run = document.createElement('span')
  const endRun = () => {
    const words = paragraph(run)
    if (words) found.push(words)
    run = document.createElement('span')
  }
  for (const child of node.childNodes) {
    if (!holdsBlocks(child)) {
      run.append(child.cloneNode(true))
      continue
    }
    endRun()
    found.push(...block(child as Element))
  }
  endRun()
  return found
}

/** A `<b>` around paragraphs (as word processors copy) is a container too. */
function holdsBlocks(node: Node): boolean {
  if (!(node instanceof Element)) return false
  return containers.has(node.tagName) || [...node.children].some(holdsBlocks)
}

function block(element: Element): string[] {
  const { tagName } = element
  if (/^H[1-6]$/.test(tagName)) return heading(element, Number(tagName[1]))
  switch (tagName) {
    case 'UL':
    case 'OL':
      return [list(element)]
    case 'PRE':
      return [fence(element)]
    case 'BLOCKQUOTE':
      return [quoted(blocks(element).join('\n\n'))]
    case 'TABLE':
      return [table(element)]
    case 'HR':
      return ['---']
    default:
      return blocks(element)
  }
}

function heading(element: Element, level: number): string[] {
  const words = inline(element).replaceAll('\n', ' ').replaceAll('**', '').trim()
  return words ? [`${'#'.repeat(level)} ${words}`] : []
}

function paragraph(run: Node): string {
  return inline(run)
    .trim()
    .replace(/^(\s*)(#{1,6} |[-+] |>)/gm, '$1\\$2')
    .replace(/^(\d+)([.)] )/gm, '$1\\$2')
}

function fence(element: Element): string {
  const code = (element.textContent ?? '').replace(/\n$/, '')
  const language = /\blang(?:uage)?-([\w+#-]+)/.exec(element.querySelector('code')?.className ?? '')?.[1] ?? ''
  const marks = code.includes('```') ? '~~~' : '```'
  return [marks + language, code, marks].join('\n')
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
}

function list(element: Element): string {
  const start = Number(element.getAttribute('start') ?? 1)
  const items = [...element.children].filter((child) => child.tagName === 'LI' || isList(child))
  let number = start
  return items
    .map((item) =>
      isList(item) ? indented(list(item), 2) : listItem(item, element.tagName === 'OL' ? `${number++}. ` : '- '),
    )
    .join('\n')
}

function isList(element: Element): boolean {
  return element.tagName === 'UL' || element.tagName === 'OL'
}

function listItem(item: Element, mark: string): string {
  const inside = blocks(item)
  const body = inside.map((part, index) => (index === 0 ? part : indented(part, mark.length))).join('\n')
  return mark + checkbox(item) + body.trimStart()
}

function checkbox(item: Element): string {
  const box = item.querySelector(
    ':scope > input[type=checkbox], :scope > p > input[type=checkbox], :scope > label input[type=checkbox]',
  )
  const state = box ? box.hasAttribute('checked') : checkedByRole(item)
  return state === null ? '' : state ? '[x] ' : '[ ] '
}

function checkedByRole(item: Element): boolean | null {
  if (item.getAttribute('role') !== 'checkbox') return null
  return item.getAttribute('aria-checked') === 'true'
}

function indented(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (line ? ' '.repeat(width) + line : line))
    .join('\n')
}
