import * as Y from 'yjs'

/** Merges neighbours as long as a batch stays within `bytes`; an update that is larger alone stays alone. */
export function batches(updates: Uint8Array[], bytes: number): Uint8Array[] {
  const groups: Uint8Array[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const update of updates) {
    if (size + update.length > bytes) {
      groups.push([])
      size = 0
    }
    groups.at(-1)?.push(update)
    size += update.length
  }
  return groups.map((group) => (group.length === 1 ? group[0]! : Y.mergeUpdates(group)))
}
