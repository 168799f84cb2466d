import { describe, expect, test } from 'vitest'
import { markdownFromHtml } from '../src/editor/paste/html'

const cases: [string, string, string | null][] = [
  ['plain text is left to the browser', '<span>just words</span>', null],
  [
    'marks',
    '<p>one <b>bold</b>, <i>slanted</i>, <del>gone</del> and <code>a`b</code></p>',
    'one **bold**, *slanted*, ~~gone~~ and `` a`b ``',
  ],
  ['marks touch their words', '<p>a<b> b </b>c</p>', 'a **b** c'],
  [
    'links that may be opened',
    '<p><a href="https://example.org/a(b)">here</a> <a href="javascript:alert(1)">not</a></p>',
    '[here](https://example.org/a%28b%29) not',
  ],
  ['a bare address', '<a href="https://example.org/">https://example.org/</a>', 'https://example.org/'],
  ['headings', '<h1>Top</h1><h3><b>Sub</b></h3><p>text</p>', '# Top\n\n### Sub\n\ntext'],
  ['lists', '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>', '- a\n  - b\n- c'],
  ['numbers', '<ol start="3"><li>a</li><li><p>b</p></li></ol>', '3. a\n4. b'],
  [
    'checkboxes',
    '<ul><li><input type="checkbox" checked> done</li><li><input type="checkbox">open</li></ul>',
    '- [x] done\n- [ ] open',
  ],
  ['checkboxes by role', '<ul><li role="checkbox" aria-checked="true">done</li></ul>', '- [x] done'],
  ['code', '<pre><code class="language-rust">fn a() {\n  b();\n}\n</code></pre>', '```rust\nfn a() {\n  b();\n}\n```'],
  ['quotes', '<blockquote><p>one</p><p>two</p></blockquote>', '> one\n>\n> two'],
  [
    'tables',
    '<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>',
    '| a | b\\|c |\n| --- | --- |\n| 1 |  |',
  ],
  [
    'signs that would be marks',
    '<p>2 * 3 * 4 <b>x</b></p><p># no heading</p><p>1. no list</p>',
    '2 \\* 3 \\* 4 **x**\n\n\\# no heading\n\n1\\. no list',
  ],
  [
    'word processors',
    '<b style="font-weight:normal"><p><span style="font-weight:700">bold</span> <span style="font-style:italic">it</span></p></b>',
    '**bold** *it*',
  ],
  [
    'code editors',
    '<div style="font-family: Menlo, monospace"><div><span style="font-weight: bold">let</span> a</div></div>',
    null,
  ],
  ['line breaks', '<p><b>a</b><br>b</p>', '**a**\nb'],
  [
    'remote images stay links',
    '<p><img src="https://example.org/cat.png" alt="a cat"></p>',
    '![a cat](https://example.org/cat.png)',
  ],
  ['nothing runs', '<p><b>a</b></p><script>alert(1)</script><style>b{}</style>', '**a**'],
]

describe('pasting rich text', () => {
  test.each(cases)('%s', (_, html, markdown) => expect(markdownFromHtml(html)).toBe(markdown))
})
