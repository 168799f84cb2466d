//! How settings are read.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use super::PublicUrl;

/// What is wrong with a setting's text, as the rest of the sentence "`key` …".
type Reason = String;

pub(super) fn address(text: &str) -> Result<SocketAddr, Reason> {
    // `localhost:8080` is an address to people, so names are looked up.
    let mut found = text
        .to_socket_addrs()
        .map_err(|_| "is an address and a port, such as 127.0.0.1:8080 or 0.0.0.0:80".to_owned())?;
    found.next().ok_or_else(|| "names no address of this computer".to_owned())
}

pub(super) fn truth(text: &str) -> Result<bool, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" | "" => Ok(false),
        _ => Err("is true or false".to_owned()),
    }
}

/// Any number of sites, such as `https://example.org`, with spaces or commas between them.
pub(super) fn origins(text: &str) -> Result<Vec<String>, Reason> {
    let written = text.split([' ', ',']).filter(|origin| !origin.is_empty());
    written.map(|origin| Ok(PublicUrl::parse(origin)?.origin().to_owned())).collect()
}

/// At least one.
pub(super) fn count(text: &str) -> Result<u64, Reason> {
    match text.parse::<i128>() {
        Ok(number) if number < 1 => Err(format!("is at least 1, not {number}")),
        Ok(number) => u64::try_from(number).map_err(|_| "is too large".to_owned()),
        Err(_) => Err("is a whole number".to_owned()),
    }
}

/// More than nothing: seconds, or a number with `ms`, `s`, `m` or `h`.
pub(super) fn duration(text: &str) -> Result<Duration, Reason> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("is a number of seconds, or a number with ms, s, m or h".to_owned()),
    };
    let millis = count(digits.trim_end())?.checked_mul(unit);
    millis.map(Duration::from_millis).ok_or_else(|| "is too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units_and_are_longer_than_nothing() {
        assert_eq!(duration("60"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2 m"), Ok(Duration::from_secs(120)));
        for refused in ["0", "-1", "-1s", "soon", "1.5", "", "5 weeks", "99999999999999999999h"] {
            assert!(duration(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn origins_are_sites_without_a_path() {
        let two = origins("https://Example.org, http://localhost:3000").unwrap();
        assert_eq!(two, ["https://example.org", "http://localhost:3000"]);
        assert_eq!(origins(" "), Ok(Vec::new()));
        for refused in ["*", "example.org", "https://example.org/notes", "https://a.org 'unsafe'"] {
            assert!(origins(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn counts_begin_at_one() {
        assert_eq!(count("200"), Ok(200));
        assert_eq!(count("0").unwrap_err(), "is at least 1, not 0");
        assert_eq!(count("-5").unwrap_err(), "is at least 1, not -5");
        assert!(count("many").is_err());
    }
}
