import type { Filter, Show, Since, Wanted } from '../api/notes'

/** One thing that narrows a list: as a chip names it, and as a sentence says it of a note. */
export type Narrowing = { filter: Filter; chip: string; says: string }

const unset: Pick<Wanted, Filter> = { from: '', whom: '', label: '', since: 'ever' }
const shelves: Record<Show, string> = {
  owned: 'None of your notes',
  shared: 'Nothing that is shared with you',
  trash: 'Nothing in the trash',
}
const lately: Record<Exclude<Since, 'ever'>, string> = {
  today: 'today',
  week: 'in the last 7 days',
  month: 'in the last 30 days',
}

export function filtersIn(wanted: Wanted): Filter[] {
  return (Object.keys(unset) as Filter[]).filter((filter) => wanted[filter] !== unset[filter])
}

export function without(wanted: Wanted, filters: Filter[]): Wanted {
  return { ...wanted, ...Object.fromEntries(filters.map((filter) => [filter, unset[filter]])) }
}

/** What one asks for anew on another shelf: only how lately it changed, and the order, are the same question there. */
export function onShelf(wanted: Wanted, show: Show): Wanted {
  return { ...wanted, ...unset, since: wanted.since, show, query: '' }
}

export function narrowings(wanted: Wanted, nameOf: (id: string) => string): Narrowing[] {
  return filtersIn(wanted).map((filter) => ({ filter, ...words(wanted, filter, nameOf) }))
}

function words({ from, whom, label, since }: Wanted, filter: Filter, nameOf: (id: string) => string) {
  if (filter === 'from') return { chip: `From ${nameOf(from)}`, says: `is from ${nameOf(from)}` }
  if (filter === 'whom') return { chip: `Shared with ${nameOf(whom)}`, says: `is shared with ${nameOf(whom)}` }
  if (filter === 'label') return { chip: `Label: ${label}`, says: `has a link with the label “${label}”` }
  const when = since === 'ever' ? '' : lately[since]
  return { chip: `Changed ${when}`, says: `was changed ${when}` }
}

/** Why nothing is listed, when something was asked for. */
export function whyNothing({ show, query }: Wanted, narrowed: Narrowing[]): string {
  const said = [...narrowed.map(({ says }) => says), ...(query ? [`has “${query}” in its title`] : [])]
  return `${shelves[show]} ${listed(said, 'conjunction')}.`
}

/** Which of several filters to take off for something to be listed. */
export function wayOut(hiding: Filter[], narrowed: Narrowing[]): string {
  const chips = narrowed.filter(({ filter }) => hiding.includes(filter)).map(({ chip }) => `“${chip}”`)
  return chips.length > 0 ? `Without ${listed(chips, 'disjunction')} there would be some.` : ''
}

function listed(words: string[], type: Intl.ListFormatType): string {
  return new Intl.ListFormat('en', { type }).format(words)
}
