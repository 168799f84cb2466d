//! Pictures of notes: drawn off the reactor, a few at a time, once for each version.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::future::Cache;
use sticky_domain::card::{Card, CardRenderer, RenderError, Theme};
use sticky_domain::id::DocumentId;
use sticky_domain::usecase::PreviewVersion;
use sticky_preview::Renderer;
use tokio::sync::{OnceCell, Semaphore};

use super::bundle;

/// Pictures drawn at once.
const DRAWING: usize = 2;
const CACHE_BYTES: u64 = 32 << 20;
const CACHE_TIME: Duration = Duration::from_secs(60 * 60);
/// Beyond this, Inter has no letters: such a card waits for the other fonts.
const LAST_LATIN: char = '\u{24f}';

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Png,
    Svg,
}

/// Names one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PictureKey {
    pub(crate) document: DocumentId,
    pub(crate) version: PreviewVersion,
    pub(crate) theme: Theme,
    pub(crate) format: Format,
}

/// The renderer with its fonts, its bound and its cache.
#[derive(Clone)]
pub(crate) struct Cards {
    renderer: Arc<Renderer>,
    fonts: Arc<OnceCell<()>>,
    drawing: Arc<Semaphore>,
    drawn: Cache<(PictureKey, u64), Bytes>,
}

impl Cards {
    pub(crate) fn new() -> Self {
        let drawn = Cache::builder()
            .weigher(|_, picture: &Bytes| u32::try_from(picture.len()).unwrap_or(u32::MAX))
            .max_capacity(CACHE_BYTES)
            .time_to_live(CACHE_TIME)
            .build();
        Self {
            renderer: Arc::new(Renderer::new()),
            fonts: Arc::default(),
            drawing: Arc::new(Semaphore::new(DRAWING)),
            drawn,
        }
    }

    /// What draws text: needs no fonts.
    pub(crate) fn renderer(&self) -> &Arc<Renderer> {
        &self.renderer
    }

    /// Changes whenever the same card would be drawn differently.
    pub(crate) fn version(&self) -> u64 {
        self.renderer.version()
    }

    /// The picture of `card`, which `key` names.
    pub(crate) async fn picture(&self, key: PictureKey, card: Card) -> Result<Bytes, RenderError> {
        self.prepare_fonts(&card).await;
        let drawing =
            self.drawn.try_get_with((key, self.version()), self.draw(key.format, card)).await;
        drawing.map_err(|error| RenderError::clone(&error))
    }

    async fn draw(&self, format: Format, card: Card) -> Result<Bytes, RenderError> {
        let _permit = self.drawing.acquire().await.expect("nobody closes the semaphore");
        let renderer = Arc::clone(&self.renderer);
        let draw = move || match format {
            Format::Png => renderer.png(&card).map(Bytes::from),
            Format::Svg => renderer.svg(&card).map(Bytes::from),
        };
        tokio::task::spawn_blocking(draw)
            .await
            .expect("the renderer catches panics, and the runtime outlives requests")
    }

    /// The first picture has the other fonts loaded; only one that needs them waits for it.
    async fn prepare_fonts(&self, card: &Card) {
        let needs_more = card.title.chars().chain(card.markdown.chars()).any(|c| c > LAST_LATIN);
        let cards = self.clone();
        let loading = tokio::spawn(async move {
            cards.fonts.get_or_init(|| load_fonts(Arc::clone(&cards.renderer))).await.to_owned()
        });
        if needs_more && loading.await.is_err() {
            tracing::warn!("the fonts could not be loaded");
        }
    }
}

async fn load_fonts(renderer: Arc<Renderer>) {
    let load = move || {
        let refused = renderer.load_fonts(bundle::fonts().map(|(name, file)| (name, file.data)));
        for error in refused {
            tracing::warn!(%error, "a font of the web bundle is left out");
        }
    };
    if tokio::task::spawn_blocking(load).await.is_err() {
        tracing::warn!("loading the fonts panicked; cards are drawn with Inter alone");
    }
}
