import type { Awareness } from 'y-protocols/awareness'

export type Cursor = { anchor: unknown; head: unknown }
export type Present = { id: string; name: string; color: string; colorLight: string; clients: number[] }
type State = { user?: Partial<Present>; cursor?: Cursor | null }

/** Everybody else who is here, once each however many windows they have open, in the order in which they are known. */
export function peopleIn(awareness: Awareness, me: string | undefined): Present[] {
  const people = new Map<string, Present>()
  for (const [client, state] of awareness.getStates() as Map<number, State>) {
    const user = state.user
    if (client === awareness.clientID || !user?.name) continue
    const id = user.id ?? String(client)
    if (id === me) continue
    const known = people.get(id)
    if (known) known.clients.push(client)
    else
      people.set(id, {
        id,
        name: user.name,
        color: user.color ?? 'gray',
        colorLight: user.colorLight ?? 'silver',
        clients: [client],
      })
  }
  return [...people.values()]
}

/** Two letters at most: "Amber Fox" is AF. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
