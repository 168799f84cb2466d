use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// Where people reach this server. Every absolute address in an answer begins with it; never with what a request's Host says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
    loopback: bool,
}

impl PublicUrl {
    /// Reads `https://notes.example.org`; the error is the rest of the sentence "`public_url` …".
    pub fn parse(text: &str) -> Result<Self, String> {
        let url =
            Url::parse(text).map_err(|_| "is an address such as https://notes.example.org")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("begins with https:// or http://".to_owned());
        }
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err("is a scheme, a host and a port, without a path".to_owned());
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err("names a host".to_owned()),
        };
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            https: url.scheme() == "https",
            loopback,
        })
    }

    /// How this computer reaches a server that listens on `address`.
    pub fn of_listener(address: SocketAddr, is_https: bool) -> Self {
        let host = match address.ip() {
            ip if ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        let scheme = if is_https { "https" } else { "http" };
        Self::parse(&format!("{scheme}://{host}:{}", address.port()))
            .expect("an address and a port are an origin")
    }

    /// What a browser sends as Origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The absolute address of `path`, which begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The absolute address of a socket.
    pub fn socket_at(&self, path: &str) -> String {
        format!("ws{}{path}", self.origin.strip_prefix("http").expect("the scheme was checked"))
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it works on this computer only.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_origin_is_a_public_url() {
        let url = PublicUrl::parse("https://Notes.Example.org:443/").unwrap();
        assert_eq!(url.origin(), "https://notes.example.org");
        assert_eq!(url.socket_at("/collab/x"), "wss://notes.example.org/collab/x");
        assert!(url.is_https() && !url.is_loopback());
        for refused in ["notes", "ftp://a", "https://a/b", "https://a?x", "https://u:p@a", ""] {
            assert!(PublicUrl::parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn without_one_it_is_where_we_listen() {
        let at = |address: &str| PublicUrl::of_listener(address.parse().unwrap(), false);
        assert_eq!(at("127.0.0.1:8080").origin(), "http://127.0.0.1:8080");
        assert_eq!(at("[::1]:81").origin(), "http://[::1]:81");
        assert_eq!(at("0.0.0.0:8080").at("/d"), "http://localhost:8080/d");
        assert!(at("[::1]:81").is_loopback());
        let address = "[::1]:443".parse().unwrap();
        assert_eq!(PublicUrl::of_listener(address, true).origin(), "https://[::1]");
    }
}
