import { type Group, listGroups } from '../api/groups'
import { readUser } from '../api/users'

const unknown = 'someone'

/** What those are called whom an address of the list names by their ids. */
export class Names {
  groups = $state.raw<Group[]>([])
  #known = $state.raw<Record<string, string>>({})

  of(id: string): string {
    return this.groups.find((group) => group.id === id)?.name ?? this.#known[id] ?? unknown
  }

  learn(id: string, name: string): void {
    this.#known = { ...this.#known, [id]: name }
  }

  /** Only whoever has signed in is in groups. */
  async readGroups(): Promise<void> {
    this.groups = (await listGroups().catch(() => ({ items: this.groups }))).items
  }

  /** Whoever cannot be found stays someone. */
  async lookUp(id: string): Promise<void> {
    await this.readGroups()
    const group = this.groups.find((group) => group.id === id)
    const { name } = group ?? (await readUser(id).catch(() => ({ name: unknown })))
    this.learn(id, name)
  }
}
