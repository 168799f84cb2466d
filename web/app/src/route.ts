export type Route =
  | { screen: 'start' | 'signIn' | 'signUp' | 'account' | 'groups' | 'keep' | 'nowhere' }
  | { screen: 'note'; id: string }
  | { screen: 'link'; token: string }
  | { screen: 'embed'; name: string }

const PAGES: Record<string, 'start' | 'signIn' | 'signUp' | 'account' | 'groups' | 'keep'> = {
  '/': 'start',
  '/sign-in': 'signIn',
  '/sign-up': 'signUp',
  '/account': 'account',
  '/groups': 'groups',
  '/keep': 'keep',
}

export function routeOf(path: string): Route {
  const [, place, name] = /^\/(d|s|embed)\/([^/]+)\/?$/.exec(path) ?? []
  if (place === 'd' && name) return { screen: 'note', id: name }
  if (place === 's' && name) return { screen: 'link', token: name }
  if (name) return { screen: 'embed', name }
  return { screen: PAGES[path] ?? 'nowhere' }
}

let came = false

/** Goes to another page of ours without loading it; `App` listens. */
export function go(path: string): void {
  came = true
  history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** Who comes from another page of ours begins at what is new, and is told what that is. */
export function arrive(main: HTMLElement): void {
  if (came && document.activeElement === document.body) main.focus({ preventScroll: true })
}

/** For links that are ours: a plain click stays in the page, everything else is the browser's. */
export function stayInPage(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  go(event.currentTarget.pathname + event.currentTarget.search)
}
