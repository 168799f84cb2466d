//! Trying to be somebody: counted before it is tried, and taken back when it was no guess.

use std::net::IpAddr;

use sticky_domain::id::LinkId;
use sticky_domain::usecase::Refusal;

use super::ApiError;
use crate::app::App;
use crate::auth::Counted;

/// One try at a password, from somewhere. Dropped without [`Guess::was_right`] it counts.
pub(super) struct Guess<'a> {
    app: &'a App,
    whose: Vec<Counted>,
}

impl<'a> Guess<'a> {
    /// At the password of a user.
    ///
    /// # Errors
    /// When there were too many of them.
    pub(super) async fn of(
        app: &'a App,
        username: &str,
        address: Option<IpAddr>,
    ) -> Result<Self, ApiError> {
        let place = address.map(Counted::address);
        Self::counted(app, place.into_iter().chain([Counted::account(username)]).collect()).await
    }

    /// At the password of a link. One place alone does not keep others from it.
    ///
    /// # Errors
    /// When there were too many of them.
    pub(super) async fn of_link(
        app: &'a App,
        link: LinkId,
        address: Option<IpAddr>,
    ) -> Result<Self, ApiError> {
        let place = address.map(|address| [Counted::address(address), Counted::at(link, address)]);
        let whose = place.into_iter().flatten().chain([Counted::Link(link)]).collect();
        Self::counted(app, whose).await
    }

    async fn counted(app: &'a App, whose: Vec<Counted>) -> Result<Self, ApiError> {
        let guess = Self { app, whose };
        for whose in &guess.whose {
            guess.app.throttled(whose.clone()).await?;
        }
        Ok(guess)
    }

    /// Takes it back unless it was wrong.
    pub(super) async fn judged<T>(self, outcome: Result<T, Refusal>) -> Result<T, ApiError> {
        if !outcome.as_ref().is_err_and(|refusal| refusal.code() == "wrong_password") {
            self.was_right().await;
        }
        outcome.map_err(ApiError::from)
    }

    pub(super) async fn was_right(self) {
        for whose in self.whose {
            self.app.throttle.forgive(whose).await;
        }
    }
}

impl App {
    /// Counts something that nobody may do often.
    pub(super) async fn throttled(&self, whose: Counted) -> Result<(), ApiError> {
        if !self.config.rate_limit {
            return Ok(());
        }
        let counted = self.throttle.attempt(whose, self.clock.now()).await;
        counted.map_err(ApiError::TooManyAttempts)
    }
}
