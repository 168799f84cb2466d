const keep = '/keep'

/** Where to go on after signing in: a page of ours, never another site. */
export function nextPage(search: string, origin: string): string {
  const wanted = new URLSearchParams(search).get('next')
  if (!wanted) return '/'
  const url = URL.parse(wanted, origin)
  if (url?.origin !== origin) return '/'
  return url.pathname === keep ? nextPage(url.search, origin) : url.pathname + url.search
}

/** To `next` by way of what one wrote here as a guest. */
export function keeping(next: string): string {
  return `${keep}?${new URLSearchParams({ next })}`
}

/** Why another service has sent one back. The address does not keep it, so that it is told once. */
export function takeProblem(): string | null {
  const said = new URLSearchParams(location.search)
  const problem = said.get('problem')
  said.delete('problem')
  if (problem !== null)
    history.replaceState(null, '', said.size > 0 ? `${location.pathname}?${said}` : location.pathname)
  return problem
}
