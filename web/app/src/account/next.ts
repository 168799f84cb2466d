/** Where to go on after signing in: a page of ours, never another site. */
export function nextPage(search: string, origin: string): string {
  const wanted = new URLSearchParams(search).get('next')
  if (!wanted) return '/'
  const url = URL.parse(wanted, origin)
  return url?.origin === origin ? url.pathname + url.search : '/'
}

/** To `next` by way of what one wrote here as a guest. */
export function keeping(next: string): string {
  return `/keep?${new URLSearchParams({ next })}`
}
