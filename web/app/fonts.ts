import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

/** Where previews look for a missing letter, in this order. The server reads `fonts/` by name. */
const FAMILIES = ['inter', 'jetbrains-mono', 'noto-sans-sc', 'noto-sans-jp', 'noto-sans-kr']

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url))

/** Puts the fonts that cards are drawn with into `fonts/` of the bundle. Browsers never load them. */
export function fonts(): Plugin {
  let folder = ''
  return {
    name: 'sticky-fonts',
    apply: 'build',
    configResolved(config) {
      folder = `${config.build.outDir}/fonts`
    },
    closeBundle() {
      mkdirSync(folder, { recursive: true })
      for (const [index, family] of FAMILIES.entries()) copyFamily(family, `${folder}/${index + 1}-`)
      copyFileSync(`${packages}twemoji-colr-font/twemoji.woff2`, `${folder}/9-twemoji.woff2`)
    },
  }
}

function copyFamily(family: string, place: string): void {
  const files = `${packages}@fontsource-variable/${family}/files/`
  const upright = readdirSync(files).filter((name) => name.endsWith('-wght-normal.woff2'))
  for (const name of upright) copyFileSync(files + name, place + name)
}
