//! How much one caller may ask for: a bucket for each principal, link and address, bounded in number.

mod bucket;
mod rate;

use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use sticky_domain::id::LinkId;
use uuid::Uuid;

use crate::config::Config;
use bucket::Buckets;

pub use rate::RequestRate;

/// What asking costs when nothing else is said of a route: reading is one.
pub(crate) const READ: u32 = 1;
/// Looking through many rows, folding a history, drawing a picture.
pub(crate) const MUCH_READING: u32 = 10;
/// An append with its sync.
pub(crate) const WRITE: u32 = 5;
/// A credential that nobody knows: whoever guesses is soon asked to wait.
pub(crate) const BAD_CREDENTIAL: u32 = 20;

/// What a route costs that takes more than [`READ`] or [`WRITE`]: an extension of its requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost(pub(crate) u32);

/// The buckets of a process. Without limits every question is free.
#[derive(Debug)]
pub(crate) struct Limits {
    began_at: Instant,
    buckets: Option<Kinds>,
}

#[derive(Debug)]
struct Kinds {
    principals: Buckets<Uuid>,
    links: Buckets<LinkId>,
    addresses: Buckets<IpAddr>,
}

/// There is more after this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exceeded(pub(crate) Duration);

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        let buckets = config.rate_limit.then(|| Kinds {
            principals: Buckets::new(config.principal_rate),
            links: Buckets::new(config.link_rate),
            addresses: Buckets::new(config.address_rate),
        });
        Self { began_at: Instant::now(), buckets }
    }

    /// Charges whoever is known.
    pub(crate) fn principal(&self, principal: Uuid, cost: u32) -> Result<(), Exceeded> {
        self.charge(|kinds, now| kinds.principals.take(principal, cost, now))
    }

    /// Charges everyone who comes by a link, together.
    pub(crate) fn link(&self, link: LinkId, cost: u32) -> Result<(), Exceeded> {
        self.charge(|kinds, now| kinds.links.take(link, cost, now))
    }

    /// Charges everyone at an address together. Whoever has one IPv6 address has its whole network.
    pub(crate) fn address(&self, address: IpAddr, cost: u32) -> Result<(), Exceeded> {
        self.charge(|kinds, now| kinds.addresses.take(network(address), cost, now))
    }

    fn charge(
        &self,
        take: impl FnOnce(&Kinds, Duration) -> Result<(), Exceeded>,
    ) -> Result<(), Exceeded> {
        self.buckets.as_ref().map_or(Ok(()), |kinds| take(kinds, self.began_at.elapsed()))
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_address() {
        let network = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3::4"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(network("10.0.0.1"), "10.0.0.1");
    }
}
