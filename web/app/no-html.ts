// @codemirror/lang-markdown brings a whole HTML, CSS and JavaScript parser for HTML inside Markdown.
// A note shows such HTML as the text it is, so the build replaces that chain by this empty language.
import { defineLanguageFacet, Language, LanguageSupport } from '@codemirror/language'
import { type Input, NodeType, Parser, type PartialParse, Tree } from '@lezer/common'

const top = NodeType.define({ id: 0, name: 'Html', top: true })

class Nothing extends Parser {
  createParse(input: Input): PartialParse {
    return { advance: () => new Tree(top, [], [], input.length), parsedPos: 0, stoppedAt: null, stopAt() {} }
  }
}

const language = new Language(defineLanguageFacet(), new Nothing(), [], 'html')

export function html(): LanguageSupport {
  return new LanguageSupport(language)
}
export const htmlCompletionSource = (): null => null
