//! `/s/{token}`: readable before any script, and told to chats by its tags. Opening it uses nothing up.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use sticky_domain::card::{CardRenderer as _, Theme};
use sticky_domain::share_link;
use sticky_domain::usecase::{Preview, Refusal};

use super::head::{Head, escape};
use super::{preview, shell};
use crate::api::ApiError;
use crate::app::App;
use crate::limit::READ;

/// The longest description, in characters: what the shortest of the chats shows.
const DESCRIPTION: usize = 300;
const NO_NOTE: &str = "There is no note here, or it isn't shared with you.";

pub(super) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Response, ApiError> {
    match look(&app, &token, READ).await {
        Ok(note) => show(&app, &token, note).await,
        Err(ApiError::Refused(Refusal::NotFound)) => Ok(nothing(&app, &token)),
        Err(error) => Err(error),
    }
}

/// The note of a link. A token that none of our keys signed is refused without a read.
pub(super) async fn look(app: &App, token: &str, cost: u32) -> Result<Preview, ApiError> {
    let link = share_link::verify(&app.keys, token).ok_or(Refusal::NotFound)?;
    app.limits.link(link, cost)?;
    Ok(app.previews.of_link(link).await?)
}

async fn show(app: &App, token: &str, note: Preview) -> Result<Response, ApiError> {
    let tag = preview::tag(app, note.version, Theme::Light);
    let renderer = app.cards.renderer().clone();
    let rendered = tokio::task::spawn_blocking(move || {
        let card = note.card(Theme::Light);
        let description = renderer.summary(&card, DESCRIPTION);
        (description, renderer.html(&card), note)
    });
    let (description, text, note) = rendered.await.map_err(|_| ApiError::Panicked)?;
    let url = app.public_url.at(&format!("/s/{token}"));
    let head = Head {
        title: &note.title,
        description: if description.is_empty() {
            "A note that opens right here."
        } else {
            &description
        },
        url: &url,
        image: &format!("{url}/preview.png?v={tag}"),
        oembed: Some(&format!("{url}/oembed.json")),
    };
    let body =
        format!("<article class=\"served\"><h1>{}</h1>{text}</article>", escape(&note.title));
    Ok(shell::page(StatusCode::OK, &head.html(), &body))
}

/// Forged, unknown, turned off and trashed: one page for all.
fn nothing(app: &App, token: &str) -> Response {
    let url = app.public_url.at(&format!("/s/{}", escape(token)));
    let image = app.public_url.at("/s/none/preview.png");
    let head = Head {
        title: "A note on Sticky",
        description: NO_NOTE,
        url: &url,
        image: &image,
        oembed: None,
    };
    shell::page(StatusCode::NOT_FOUND, &head.html(), &format!("<p>{}</p>", escape(NO_NOTE)))
}
