import { blocks } from './blocks'

const rich =
  'a[href],b,strong,i,em,s,del,h1,h2,h3,h4,h5,h6,ul,ol,pre,code,blockquote,table,hr,img,input[type=checkbox],[style*=bold],[style*=italic],[style*=font-weight]'

/** The Markdown of copied rich text, or null when its plain text says as much. */
export function markdownFromHtml(html: string): string | null {
  const page = new DOMParser().parseFromString(html, 'text/html')
  if (!page.body.querySelector(rich) || isCodeEditor(page)) return null
  const text = blocks(page.body)
    .join('\n\n')
    .replace(/\n{3,}/g, '\n\n')
  return text || null
}

/** Code editors copy a coloured, monospaced rendering: their plain text is what was meant. */
function isCodeEditor(page: Document): boolean {
  const first = page.body.firstElementChild
  return (
    first?.tagName === 'DIV' &&
    /font-family:[^;]*(?:mono|Consolas|Menlo|Courier)/i.test(first.getAttribute('style') ?? '')
  )
}
