const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** What `/embed/{name}` means: a note by its id, or by a link, whose note the server has written into the page. */
export function framed(name: string, page: Document): { note: string | null; link: string | null } {
  if (ID.test(name)) return { note: name, link: null }
  const told = page.querySelector<HTMLMetaElement>('meta[name="sticky:note"]')
  return { note: told?.content ?? null, link: name }
}
