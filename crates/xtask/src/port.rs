//! A port to listen on.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::failure::Failure;

/// The first port from `first` on that nobody on this computer listens on.
pub(crate) fn next_free(first: u16) -> Result<SocketAddr, Failure> {
    (first..=u16::MAX)
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .ok_or_else(|| Failure::Failed(format!("Every port from {first} on is in use.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(next_free(port).unwrap().port() > port);
    }
}
