import type { Me } from '../api/me'
import { go } from '../route'
import { keeping, nextPage } from './next'

/** After signing in: to where one wanted to go, by way of what one wrote here as a guest. */
export function goOn(me: Me): void {
  const next = nextPage(location.search, location.origin)
  go(me.promotable ? keeping(next) : next)
}
