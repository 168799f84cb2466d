//! The renderer: a card in, a picture out, never a panic.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use sticky_domain::card::{Card, CardRenderer, RenderError};
use takumi::prelude::{
    FromHtml, FromHtmlOptions, Node, OutputFormat, RenderOptions, SvgOptions, Viewport,
};
use takumi::{measure, render, render_svg, write_image};

use crate::card::Page;
use crate::fonts::{FontError, FontSet};
use crate::{card, html, plain};

/// Raised whenever the same card would come out differently.
pub const RENDERER_VERSION: u32 = 1;

const SIZE: (u32, u32) = (1200, 630);

/// Draws cards with Inter alone until [`load_fonts`](Self::load_fonts) brings the full set.
///
/// A picture takes a few milliseconds of one core. How many are drawn at once is the caller's to
/// bound: draw on a blocking pool behind a semaphore.
pub struct Renderer {
    fonts: RwLock<Arc<FontSet>>,
}

impl Renderer {
    #[must_use]
    pub fn new() -> Self {
        Self { fonts: RwLock::new(Arc::new(FontSet::inter())) }
    }

    /// Adds fonts (WOFF2, TrueType, OpenType), in the order in which missing characters look for
    /// them, and answers those that could not be used. Takes about a second for the full set:
    /// call it in the background. Cards drawn meanwhile keep the fonts there were.
    pub fn load_fonts<'a, N, B>(&self, fonts: impl IntoIterator<Item = (N, B)>) -> Vec<FontError>
    where
        N: Into<String>,
        B: Into<Cow<'a, [u8]>>,
    {
        let mut set = FontSet::clone(&self.fonts());
        let mut refused = Vec::new();
        for (name, bytes) in fonts {
            if let Err(reason) = set.add(&bytes.into()) {
                refused.push(FontError { name: name.into(), reason });
            }
        }
        *self.fonts.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(set);
        refused
    }

    fn fonts(&self) -> Arc<FontSet> {
        Arc::clone(&self.fonts.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer").field("version", &self.version()).finish_non_exhaustive()
    }
}

impl CardRenderer for Renderer {
    fn png(&self, card: &Card) -> Result<Vec<u8>, RenderError> {
        let fonts = self.fonts();
        guarded(|| png(card, &fonts))
    }

    fn svg(&self, card: &Card) -> Result<String, RenderError> {
        let fonts = self.fonts();
        guarded(|| svg(card, &fonts))
    }

    fn html(&self, card: &Card) -> String {
        guarded(|| Ok(html::fragment(&card.markdown))).unwrap_or_default()
    }

    fn plain(&self, card: &Card) -> String {
        guarded(|| Ok(plain::plain(&card.markdown))).unwrap_or_default()
    }

    fn summary(&self, card: &Card, characters: usize) -> String {
        let text = guarded(|| Ok(card::text_below_title(card))).unwrap_or_default();
        plain::one_line(&text, characters)
    }

    fn version(&self) -> u64 {
        self.fonts().print ^ u64::from(RENDERER_VERSION)
    }
}

fn png(card: &Card, set: &FontSet) -> Result<Vec<u8>, String> {
    let image = render(options(set, node(card, set)?)).map_err(|error| error.to_string())?;
    let mut png = Vec::new();
    write_image(&image, &mut png, OutputFormat::Png).map_err(|error| error.to_string())?;
    Ok(png)
}

fn svg(card: &Card, set: &FontSet) -> Result<String, String> {
    let options = SvgOptions::builder()
        .viewport(Viewport::new(SIZE))
        .node(node(card, set)?)
        .fonts(&set.fonts)
        .stylesheet(card::style_sheet())
        .build();
    render_svg(options).map_err(|error| error.to_string())
}

/// The page, which fades out at the foot if its text runs over: laid out once to see that.
fn node(card: &Card, set: &FontSet) -> Result<Node, String> {
    let page = Page::new(card, &set.coverage);
    if page.is_cut {
        return parsed(&page.html(true));
    }
    let whole = parsed(&page.html(false))?;
    if runs_over(whole.clone(), set)? { parsed(&page.html(true)) } else { Ok(whole) }
}

fn runs_over(page: Node, set: &FontSet) -> Result<bool, String> {
    let desk = measure(options(set, page)).map_err(|error| error.to_string())?;
    let flow = desk.children.first().and_then(|sheet| sheet.children.first());
    Ok(flow.is_some_and(|flow| flow.height > card::VISIBLE_HEIGHT))
}

fn parsed(html: &str) -> Result<Node, String> {
    Node::from_html(html, FromHtmlOptions::default()).map_err(|error| error.to_string())
}

fn options(set: &FontSet, node: Node) -> RenderOptions<'_> {
    RenderOptions::builder()
        .viewport(Viewport::new(SIZE))
        .node(node)
        .fonts(&set.fonts)
        .stylesheet(card::style_sheet())
        .build()
}

/// The engines are young: what they cannot draw is an error, never the end of the process.
fn guarded<T>(draw: impl FnOnce() -> Result<T, String>) -> Result<T, RenderError> {
    match catch_unwind(AssertUnwindSafe(draw)) {
        Ok(drawn) => drawn.map_err(RenderError),
        Err(_) => Err(RenderError("the engine gave up".to_owned())),
    }
}
