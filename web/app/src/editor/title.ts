const longest = 80

/** The title a note has until someone gives it one: its first line that says something, without Markdown marks. */
export function derivedTitle(text: string): string {
  for (const line of text.slice(0, 4_000).split('\n')) {
    const plain = withoutMarks(line)
    if (plain) return [...plain].slice(0, longest).join('')
  }
  return ''
}

function withoutMarks(line: string): string {
  return line
    .replace(/^\s*(?:(?:>\s?|#{1,6}(?:\s+|$)|[-*+]\s+|\d{1,9}[.)]\s+)\s*)*/, '')
    .replace(/^\[[ xX]\]\s+/, '')
    .replace(/^(?:```.*|~~~.*|[-*_](?:\s*[-*_]){2,})\s*$/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`+)(.+?)\1/g, '$2')
    .replace(/(^|\W)([*_])(\S(?:.*?\S)?)\2(?=\W|$)/g, '$1$3')
    .replace(/\s+/g, ' ')
    .trim()
}
