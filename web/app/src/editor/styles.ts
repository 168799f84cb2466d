import { StyleModule } from 'style-mod'

/**
 * CodeMirror writes its styles into a `<style>` element, which our content security policy forbids; for a shadow root
 * it uses constructed style sheets, which it allows. This shows it the page as if it were such a root.
 */
export function adoptEditorStyles(page: Document): void {
  const mount = StyleModule.mount
  const root = {
    ownerDocument: page,
    get adoptedStyleSheets() {
      return page.adoptedStyleSheets
    },
    set adoptedStyleSheets(sheets) {
      page.adoptedStyleSheets = sheets
    },
  } as unknown as ShadowRoot
  StyleModule.mount = (target, modules, options) => mount(target === page ? root : target, modules, options)
}
