// src/presence/cursors.ts draws remote cursors; those of y-codemirror.next would only be weight.
export const yRemoteSelections = []
export const yRemoteSelectionsTheme = []
