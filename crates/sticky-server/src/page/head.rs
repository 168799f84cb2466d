//! The tags that chats read: OpenGraph (ogp.me), Twitter cards, oEmbed discovery (oembed.com).

use std::fmt::Write as _;

/// What a chat shows of a page.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// The absolute address of the page.
    pub(super) url: &'a str,
    /// The absolute address of the picture, another one for every version of it.
    pub(super) image: &'a str,
    /// The absolute address of the oEmbed answer.
    pub(super) oembed: Option<&'a str>,
}

/// Discord's left bar.
const ACCENT: &str = "#e8b931";

impl Head<'_> {
    /// The tags, everything escaped.
    pub(super) fn html(&self) -> String {
        let mut html = String::with_capacity(2_048);
        let _ = write!(html, "<title>{} · Sticky</title>", escape(self.title));
        for (name, content) in self.named() {
            let _ = write!(html, r#"<meta name="{name}" content="{}">"#, escape(content));
        }
        for (property, content) in self.properties() {
            let _ = write!(html, r#"<meta property="{property}" content="{}">"#, escape(content));
        }
        if let Some(oembed) = self.oembed {
            let _ = write!(
                html,
                r#"<link rel="alternate" type="application/json+oembed" href="{}">"#,
                escape(oembed)
            );
        }
        html
    }

    fn named(&self) -> [(&'static str, &str); 6] {
        [
            ("description", self.description),
            ("robots", "noindex"),
            ("theme-color", ACCENT),
            ("twitter:card", "summary_large_image"),
            ("twitter:title", self.title),
            ("twitter:image", self.image),
        ]
    }

    fn properties(&self) -> [(&'static str, &str); 10] {
        [
            ("og:type", "article"),
            ("og:site_name", "Sticky"),
            ("og:title", self.title),
            ("og:description", self.description),
            ("og:url", self.url),
            ("og:image", self.image),
            ("og:image:type", "image/png"),
            ("og:image:width", "1200"),
            ("og:image:height", "630"),
            ("og:image:alt", self.title),
        ]
    }
}

/// Text for an HTML attribute or element.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_note_leaves_its_attribute() {
        let head = Head {
            title: "\"><script>alert(1)</script>",
            description: "a & 'b'",
            url: "https://notes.example.org/s/x",
            image: "https://notes.example.org/s/x/preview.png?v=1&t=2",
            oembed: None,
        };
        let html = head.html();
        assert!(!html.contains("<script"), "{html}");
        assert!(
            html.contains(r#"content="a &amp; &#39;b&#39;""#) && html.contains("v=1&amp;t=2"),
            "{html}"
        );
    }
}
