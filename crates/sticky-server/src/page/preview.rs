//! `/s/{token}/preview.{png,svg,html,md,txt}` and `oembed.json`: what that link may see, and no more.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use sticky_domain::card::{Card, CardRenderer as _, RenderError, Theme};
use sticky_domain::id::DocumentId;
use sticky_domain::link::PreviewPolicy;
use sticky_domain::share_link;
use sticky_domain::usecase::{Preview, PreviewVersion, Refusal};
use uuid::Uuid;

use super::cards::{Format, PictureKey};
use super::share::look;
use crate::api::{ApiError, Path, Query};
use crate::app::App;
use crate::limit::{MUCH_READING, READ};

/// Asked about each time, which the tag makes cheap: a link that is turned off shows nothing from then on.
const CACHE: &str = "no-cache";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    theme: Option<String>,
}

/// What of a note is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rendering {
    Picture(Format),
    Html,
    Markdown,
    Text,
    OEmbed,
}

impl Rendering {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "preview.png" => Self::Picture(Format::Png),
            "preview.svg" => Self::Picture(Format::Svg),
            "preview.html" => Self::Html,
            "preview.md" => Self::Markdown,
            "preview.txt" => Self::Text,
            "oembed.json" => Self::OEmbed,
            _ => return None,
        })
    }

    const fn cost(self) -> u32 {
        match self {
            Self::Picture(_) => MUCH_READING,
            Self::Html | Self::Markdown | Self::Text | Self::OEmbed => READ,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Picture(Format::Png) => "image/png",
            Self::Picture(Format::Svg) => "image/svg+xml",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::OEmbed => "application/json",
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path((token, name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let rendering = Rendering::parse(&name).ok_or(ApiError::NoRoute)?;
    let theme = theme_of(&wanted)?;
    match known_version(&app, &token).await {
        Ok(version) if matches_tag(&headers, &tag(&app, version, theme)) => {
            Ok(StatusCode::NOT_MODIFIED.into_response())
        }
        Ok(_) => render(&app, &token, rendering, theme).await,
        Err(Refusal::NotFound) => nothing(&app, rendering, theme).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// Names what a preview shows: the text, the title, the look, the renderer.
pub(super) fn tag(app: &App, version: PreviewVersion, theme: Theme) -> String {
    let look = match theme {
        Theme::Light => "l",
        Theme::Dark => "d",
    };
    let policy = match version.policy {
        PreviewPolicy::Full => "",
        PreviewPolicy::Title | PreviewPolicy::None => "t",
    };
    format!("{}-{}-{look}{policy}-{:x}", version.content, version.document, app.cards.version())
}

async fn known_version(app: &App, token: &str) -> Result<PreviewVersion, Refusal> {
    let link = share_link::verify(&app.keys, token).ok_or(Refusal::NotFound)?;
    Ok(app.previews.version(link).await?.1)
}

async fn render(
    app: &App,
    token: &str,
    rendering: Rendering,
    theme: Theme,
) -> Result<Response, ApiError> {
    let note = look(app, token, rendering.cost()).await?;
    let (document, version, card) = (note.document, note.version, note.card(theme));
    let body = match rendering {
        Rendering::Picture(format) => {
            picture(app, PictureKey { document, version, theme, format }, card).await?
        }
        Rendering::OEmbed => return Ok(oembed(app, token, &note)),
        Rendering::Html => text(app, card, |renderer, card| renderer.html(card)).await?,
        Rendering::Text => text(app, card, |renderer, card| renderer.plain(card)).await?,
        Rendering::Markdown => note.markdown.into(),
    };
    let tag = format!("\"{}\"", tag(app, version, theme));
    Ok((headers(rendering, &tag), body).into_response())
}

fn headers(rendering: Rendering, tag: &str) -> [(header::HeaderName, String); 4] {
    [
        (header::CONTENT_TYPE, rendering.content_type().to_owned()),
        (header::CACHE_CONTROL, CACHE.to_owned()),
        (header::ETAG, tag.to_owned()),
        (header::HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
    ]
}

async fn picture(app: &App, key: PictureKey, card: Card) -> Result<Bytes, ApiError> {
    app.cards.picture(key, card).await.map_err(|RenderError(reason)| {
        tracing::error!(docId = %key.document, reason, "a card could not be drawn");
        ApiError::Panicked
    })
}

async fn text(
    app: &App,
    card: Card,
    render: fn(&sticky_preview::Renderer, &Card) -> String,
) -> Result<Bytes, ApiError> {
    let renderer = app.cards.renderer().clone();
    let rendered = tokio::task::spawn_blocking(move || render(&renderer, &card)).await;
    Ok(rendered.map_err(|_| ApiError::Panicked)?.into())
}

/// oEmbed 1.0 (oembed.com): the line above a chat's card.
fn oembed(app: &App, token: &str, note: &Preview) -> Response {
    Json(json!({
        "version": "1.0",
        "type": "link",
        "title": note.title,
        "provider_name": "Sticky",
        "provider_url": app.public_url.at("/"),
        "url": app.public_url.at(&format!("/s/{token}")),
        "cache_age": 300,
    }))
    .into_response()
}

/// Forged, unknown, turned off and trashed share one picture.
async fn nothing(app: &App, rendering: Rendering, theme: Theme) -> Result<Response, ApiError> {
    let Rendering::Picture(format) = rendering else { return Err(ApiError::NoRoute) };
    let card = Card {
        title: "No note here".to_owned(),
        markdown: "There is no note here, or it isn't shared with you.".to_owned(),
        theme,
    };
    let version = PreviewVersion { content: 0, document: 0, policy: PreviewPolicy::Full };
    let picture = picture(
        app,
        PictureKey { document: DocumentId(Uuid::nil()), version, theme, format },
        card,
    )
    .await?;
    let headers =
        [(header::CONTENT_TYPE, rendering.content_type()), (header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::NOT_FOUND, headers, picture).into_response())
}

fn theme_of(wanted: &Wanted) -> Result<Theme, ApiError> {
    match wanted.theme.as_deref() {
        None | Some("light") => Ok(Theme::Light),
        Some("dark") => Ok(Theme::Dark),
        Some(_) => Err(ApiError::invalid("theme is light or dark")),
    }
}

fn matches_tag(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    known.split(',').any(|known| known.trim().trim_start_matches("W/").trim_matches('"') == tag)
}
