import { expect, test } from 'vitest'
import { framed } from '../src/embed/framed'

test('an embedded page is a note by its id, or by a link whose note the page tells', () => {
  const id = '0198c0de-0000-7000-8000-000000000001'
  expect(framed(id, document)).toEqual({ note: id, link: null })
  expect(framed('AQID', document)).toEqual({ note: null, link: 'AQID' })
  document.head.innerHTML = `<meta name="sticky:note" content="${id}">`
  expect(framed('AQID', document)).toEqual({ note: id, link: 'AQID' })
})
