// Yjs tells developers what is wrong in colours, for which lib0 brings a DOM library and a schema checker along.
export const { log: print, warn } = console
export const ORANGE = ''
export const RED = ''
export const BOLD = ''
export const UNBOLD = ''
