import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Bundle = Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>

/** Fails the build when what a browser must load before `screen` can be used is over `limit` bytes, gzipped. */
export function budget(screen: string, limit: number): Plugin {
  return {
    name: 'sticky-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const size = firstLoad(bundle, screen).reduce((sum, file) => sum + gzipped(bundle, file), 0)
      this.info(`first load of the editor: ${kilobytes(size)} of ${kilobytes(limit)} gzipped`)
      if (size > limit) this.error(`first load of the editor is ${kilobytes(size)}, over ${kilobytes(limit)} gzipped`)
    },
  }
}

function firstLoad(bundle: Bundle, screen: string): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const roots = chunks.filter((chunk) => chunk.isEntry || chunk.facadeModuleId?.endsWith(screen))
  const seen = new Set<string>()
  const visit = (name: string) => {
    const chunk = bundle[name]
    if (seen.has(name) || chunk?.type !== 'chunk') return
    seen.add(name)
    for (const imported of chunk.imports) visit(imported)
  }
  for (const root of roots) visit(root.fileName)
  const styles = [...seen].flatMap((name) => [
    ...((bundle[name] as Rolldown.OutputChunk).viteMetadata?.importedCss ?? []),
  ])
  return [...seen, ...new Set(styles)]
}

function gzipped(bundle: Bundle, name: string): number {
  const file = bundle[name]
  if (!file) return 0
  return gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}
