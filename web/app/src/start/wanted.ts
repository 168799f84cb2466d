import type { Show, Since, Sort, Wanted } from '../api/notes'

const SHOWS: Show[] = ['owned', 'shared', 'trash']
const SORTS: Sort[] = ['modified', 'created_at', 'title']
const SINCES: Since[] = ['ever', 'today', 'week', 'month']

/** Which notes an address of the list means. */
export function wantedBy(search: string): Wanted {
  const said = new URLSearchParams(search)
  return {
    show: SHOWS.find((show) => show === said.get('show')) ?? 'owned',
    sort: SORTS.find((sort) => sort === said.get('sort')) ?? 'modified',
    since: SINCES.find((since) => since === said.get('since')) ?? 'ever',
    from: said.get('from') ?? '',
    whom: said.get('with') ?? '',
    label: said.get('label') ?? '',
    query: said.get('q') ?? '',
  }
}

/** The address of a list: what is as it always is goes unsaid. */
export function addressOf({ show, sort, since, from, whom, label, query }: Wanted): string {
  const said = new URLSearchParams({
    ...(show !== 'owned' && { show }),
    ...(sort !== 'modified' && { sort }),
    ...(since !== 'ever' && { since }),
    ...(from && { from }),
    ...(whom && { with: whom }),
    ...(label && { label }),
    ...(query && { q: query }),
  })
  return said.size > 0 ? `/?${said}` : '/'
}
