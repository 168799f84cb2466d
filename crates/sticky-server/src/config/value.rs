//! How settings are read.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use ipnet::IpNet;

use super::PublicUrl;

/// Beyond what any computer holds open.
const MAX_CONNECTIONS: usize = 10_000_000;

/// What is wrong with a setting's text, as the rest of the sentence "`key` …".
type Reason = String;

pub(super) fn address(text: &str) -> Result<SocketAddr, Reason> {
    // `localhost:8080` is an address to people, so names are looked up.
    let mut found = text
        .to_socket_addrs()
        .map_err(|_| "is an address and a port, such as 127.0.0.1:8080 or 0.0.0.0:80".to_owned())?;
    found.next().ok_or_else(|| "names no address of this computer".to_owned())
}

/// Addresses and networks, separated by commas.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, Reason> {
    let network = |part: &str| {
        part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            "is addresses and networks, separated by commas, such as 10.0.0.0/8,::1".to_owned()
        })
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect()
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

pub(super) fn registration(text: &str) -> Result<bool, Reason> {
    match text {
        "open" => Ok(true),
        "closed" => Ok(false),
        _ => Err("is open or closed".to_owned()),
    }
}

/// Where a service is: an address without anything behind the path.
pub(super) fn service(text: &str) -> Result<String, Reason> {
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.filter(|url| url.has_host() && url.query().is_none() && url.fragment().is_none());
    match url {
        // As it was written: who vouches names itself to the letter.
        Some(_) => Ok(text.to_owned()),
        None => Err("is an address such as https://accounts.example.org".to_owned()),
    }
}

/// At least one.
pub(super) fn count(text: &str) -> Result<u64, Reason> {
    match text.parse::<i128>() {
        Ok(number) if number < 1 => Err(format!("is at least 1, not {number}")),
        Ok(number) => u64::try_from(number).map_err(|_| "is too large".to_owned()),
        Err(_) => Err("is a whole number".to_owned()),
    }
}

/// As many as a semaphore can count.
pub(super) fn connections(text: &str) -> Result<usize, Reason> {
    let number = usize::try_from(count(text)?).unwrap_or(usize::MAX);
    if number > MAX_CONNECTIONS { Err("is too large".to_owned()) } else { Ok(number) }
}

/// At least one byte: a number, or one with `KiB`, `MiB` or `GiB`.
pub(super) fn size(text: &str) -> Result<u64, Reason> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err("is a number of bytes, or a number with KiB, MiB or GiB".to_owned()),
    };
    count(digits.trim_end())?.checked_mul(unit).ok_or_else(|| "is too large".to_owned())
}

/// A duration, or `off`.
pub(super) fn duration_or_off(text: &str) -> Result<Option<Duration>, Reason> {
    match text {
        "off" => Ok(None),
        text => duration(text).map(Some).map_err(|reason| format!("{reason}, or off")),
    }
}

/// More than nothing: seconds, or a number with `ms`, `s`, `m`, `h` or `d`.
pub(super) fn duration(text: &str) -> Result<Duration, Reason> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 24 * 3_600_000,
        _ => return Err("is a number of seconds, or a number with ms, s, m, h or d".to_owned()),
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
    fn sizes_have_units_and_are_more_than_nothing() {
        assert_eq!(size("4096"), Ok(4_096));
        assert_eq!(size("2 MiB"), Ok(2 << 20));
        for refused in ["0", "-1", "0KiB", "2 MB", "much", "99999999999999999999GiB"] {
            assert!(size(refused).is_err(), "{refused}");
        }
        assert_eq!(duration_or_off("off"), Ok(None));
        assert_eq!(duration_or_off("365d"), Ok(Some(Duration::from_secs(365 * 86_400))));
        assert!(duration_or_off("0").unwrap_err().ends_with("or off"));
    }

    #[test]
    fn networks_are_told_by_address_or_by_prefix() {
        let shown = |text: &str| {
            networks(text)
                .map(|networks| networks.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(
            shown("10.0.0.0/8, ::1,"),
            Ok(vec!["10.0.0.0/8".to_owned(), "::1/128".to_owned()])
        );
        assert_eq!(shown(""), Ok(vec![]));
        assert!(networks("10.0.0.0/33").is_err() && networks("proxy").is_err());
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
