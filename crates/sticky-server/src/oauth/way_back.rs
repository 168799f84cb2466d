use url::form_urlencoded;

use super::Attempt;

/// The page on which people sign in.
const SIGN_IN: &str = "/sign-in";

/// Where a browser goes that has come back from a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WayBack<'a> {
    /// Where it wanted to go, if that is known.
    wanted: Option<&'a str>,
}

impl<'a> WayBack<'a> {
    pub(crate) fn of(attempt: Option<&'a Attempt>) -> Self {
        Self { wanted: attempt.map(Attempt::return_to) }
    }

    /// To where it wanted to go.
    pub(crate) fn on(self) -> String {
        self.wanted.unwrap_or("/").to_owned()
    }

    /// There, or to the page to sign in on, with what went wrong. From that page it still knows where to go on to.
    pub(crate) fn with_problem(self, code: &str, is_signed_in: bool) -> String {
        match self.wanted {
            Some(wanted) if is_signed_in => with_query(wanted, &problem(code)),
            Some(wanted) if wanted != "/" => {
                let next = form_urlencoded::Serializer::new(String::new())
                    .append_pair("next", wanted)
                    .finish();
                with_query(SIGN_IN, &format!("{}&{next}", problem(code)))
            }
            Some(_) | None => with_query(SIGN_IN, &problem(code)),
        }
    }
}

fn problem(code: &str) -> String {
    format!("problem={code}")
}

/// By hand: a parsed and written address is another one, and `/.//host` would become that of another host.
fn with_query(path: &str, query: &str) -> String {
    let (before, fragment) = path.split_at(path.find('#').unwrap_or(path.len()));
    let sign = if before.contains('?') { '&' } else { '?' };
    format!("{before}{sign}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_signed_in_goes_on_and_the_others_can_try_again() {
        let to = |wanted, is_signed_in| WayBack { wanted }.with_problem("denied", is_signed_in);
        let table = [
            (None, false, "/sign-in?problem=denied"),
            (None, true, "/sign-in?problem=denied"),
            (Some("/"), false, "/sign-in?problem=denied"),
            (Some("/s/a?x=1&y"), false, "/sign-in?problem=denied&next=%2Fs%2Fa%3Fx%3D1%26y"),
            (Some("/account"), true, "/account?problem=denied"),
            (Some("/account?a=b#c"), true, "/account?a=b&problem=denied#c"),
            (Some("/.//evil.example"), true, "/.//evil.example?problem=denied"),
        ];
        for (wanted, is_signed_in, expected) in table {
            assert_eq!(to(wanted, is_signed_in), expected, "{wanted:?}");
        }
    }
}
