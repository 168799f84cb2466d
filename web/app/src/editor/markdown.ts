import { deleteMarkupBackward, insertNewlineContinueMarkupCommand, markdownLanguage } from '@codemirror/lang-markdown'
import type { Extension } from '@codemirror/state'
import { keymap } from '@codemirror/view'
import { linkClicks, openHere } from './links'
import { tickHere } from './markdown/checkbox'
import { look } from './markdown/look'
import { marks } from './markdown/marks'

/** Enter goes on with a list, a quote or a number; on an empty item it ends the list. */
export const continueList = insertNewlineContinueMarkupCommand({ nonTightLists: false })

const keys = keymap.of([
  { key: 'Enter', run: continueList },
  { key: 'Backspace', run: deleteMarkupBackward },
  { key: 'Mod-Enter', run: tickHere },
  { key: 'Mod-Enter', run: openHere },
])

/** What makes Markdown of a text. It is not needed to write the first letter. */
export const markdown: Extension = [markdownLanguage, look, marks, linkClicks, keys]
