/** Where the changes of a note go to and come from. */
export function socketUrl(id: string, page: Location = location): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/collab/${encodeURIComponent(id)}`
}
