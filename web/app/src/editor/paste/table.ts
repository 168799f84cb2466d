import { inline } from './inline'

/** A Markdown table of all rows; the first row becomes the heading, because Markdown knows no table without one. */
export function table(element: Element): string {
  const rows = [...element.querySelectorAll('tr')].map((row) => [...row.children].map(cell))
  const width = Math.max(0, ...rows.map((row) => row.length))
  if (width === 0) return ''
  const [first = [], ...rest] = rows.map((row) => [...row, ...Array<string>(width - row.length).fill('')])
  return [first, Array<string>(width).fill('---'), ...rest].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function cell(element: Element): string {
  return inline(element).trim().replaceAll('\n', ' ').replaceAll('|', '\\|')
}
