//! How often someone may try to be somebody.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};
use sticky_domain::id::LinkId;
use sticky_domain::time::Timestamp;

/// Tries that are remembered. What is forgotten in a flood was not tried much.
const REMEMBERED: u64 = 100_000;
const MINUTE: Duration = Duration::from_secs(60);

/// So many at once, and one more each time this much has passed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    at_once: u32,
    every: Duration,
}

impl Allowance {
    /// Guessing one person's password, or one link's from one place: 5 in 15 minutes.
    pub(crate) const ACCOUNT: Self = Self { at_once: 5, every: MINUTE.saturating_mul(3) };
    /// Guessing one link's password, from everywhere: 60 in 15 minutes.
    pub(crate) const LINK: Self = Self { at_once: 60, every: Duration::from_secs(15) };
    /// Guessing from one place: 30 in 15 minutes.
    pub(crate) const ADDRESS: Self = Self { at_once: 30, every: Duration::from_secs(30) };
    /// Making users from one place: 20 in an hour.
    pub(crate) const REGISTRATION: Self = Self { at_once: 20, every: MINUTE.saturating_mul(3) };
}

/// Whose tries are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    Account(String),
    Link(LinkId),
    /// One link's from one place.
    At(LinkId, IpAddr),
    Address(IpAddr),
    Registration(IpAddr),
}

impl Counted {
    pub(crate) fn account(username: &str) -> Self {
        Self::Account(username.trim().to_lowercase().chars().take(64).collect())
    }

    /// A network of IPv6 is one place: whoever has an address there has all of them.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::Address(place(address))
    }

    pub(crate) fn at(link: LinkId, address: IpAddr) -> Self {
        Self::At(link, place(address))
    }

    pub(crate) fn registration(address: IpAddr) -> Self {
        Self::Registration(place(address))
    }

    const fn allowance(&self) -> Allowance {
        match self {
            Self::Account(_) | Self::At(..) => Allowance::ACCOUNT,
            Self::Link(_) => Allowance::LINK,
            Self::Address(_) => Allowance::ADDRESS,
            Self::Registration(_) => Allowance::REGISTRATION,
        }
    }
}

fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(bits))
        }
        address => address,
    }
}

/// Counts tries, on this node. For each one, the moment at which all of its tries would have been paid for.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Cache<Counted, i64>);

impl Throttle {
    pub(crate) fn new() -> Self {
        let longest = Allowance::REGISTRATION.every * Allowance::REGISTRATION.at_once;
        Self(Cache::builder().max_capacity(REMEMBERED).time_to_live(longest).build())
    }

    /// Counts a try before it is made, so that a thousand at once are a thousand.
    ///
    /// # Errors
    /// How long to wait, when there were too many; then this one does not count.
    pub(crate) async fn attempt(&self, whose: Counted, now: Timestamp) -> Result<(), Duration> {
        let Allowance { at_once, every } = whose.allowance();
        let (every, most) = (millis(every), millis(every * at_once));
        let entry = self.0.entry(whose);
        let counted = entry.and_compute_with(async |entry| {
            let paid = entry.map_or(now.0, |entry| entry.into_value().max(now.0)) + every;
            if paid - now.0 > most { Op::Nop } else { Op::Put(paid) }
        });
        match counted.await {
            CompResult::Unchanged(entry) => {
                Err(Duration::from_millis((entry.into_value() + every - most - now.0) as u64))
            }
            _ => Ok(()),
        }
    }

    /// Takes back a try that was no guess.
    pub(crate) async fn forgive(&self, whose: Counted) {
        let every = millis(whose.allowance().every);
        let entry = self.0.entry(whose);
        entry
            .and_compute_with(async |entry| match entry {
                Some(entry) => Op::Put(entry.into_value() - every),
                None => Op::Nop,
            })
            .await;
    }
}

fn millis(span: Duration) -> i64 {
    span.as_millis() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn five_guesses_and_then_one_every_three_minutes() {
        let throttle = Throttle::new();
        let ana = || Counted::account("Ana");
        for _ in 0..5 {
            assert_eq!(throttle.attempt(ana(), Timestamp(0)).await, Ok(()));
        }
        let wait = Duration::from_secs(180);
        assert_eq!(throttle.attempt(ana(), Timestamp(0)).await, Err(wait));
        assert_eq!(
            throttle.attempt(ana(), Timestamp(80_000)).await,
            Err(wait - Duration::from_secs(80))
        );
        assert_eq!(throttle.attempt(Counted::account("ben"), Timestamp(0)).await, Ok(()));
        assert_eq!(throttle.attempt(ana(), Timestamp(180_000)).await, Ok(()));
        assert!(throttle.attempt(Counted::account(" ANA "), Timestamp(180_000)).await.is_err());
        throttle.forgive(ana()).await;
        assert_eq!(throttle.attempt(ana(), Timestamp(180_000)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_thousand_guesses_at_once_are_a_thousand() {
        let throttle = Throttle::new();
        let tries: Vec<_> = (0..1_000)
            .map(|_| {
                let throttle = throttle.clone();
                tokio::spawn(async move {
                    throttle.attempt(Counted::account("ana"), Timestamp(0)).await.is_ok()
                })
            })
            .collect();
        let mut allowed = 0;
        for attempt in tries {
            allowed += u32::from(attempt.await.unwrap());
        }
        assert_eq!(allowed, 5);
    }

    #[tokio::test]
    async fn who_guesses_at_a_link_keeps_nobody_else_from_it() {
        let throttle = Throttle::new();
        let link = LinkId(uuid::Uuid::from_u128(1));
        let from = |address: &str| Counted::at(link, address.parse().unwrap());
        for _ in 0..5 {
            assert_eq!(throttle.attempt(from("192.0.2.1"), Timestamp(0)).await, Ok(()));
        }
        assert!(throttle.attempt(from("192.0.2.1"), Timestamp(0)).await.is_err());
        assert_eq!(throttle.attempt(from("192.0.2.2"), Timestamp(0)).await, Ok(()));
        for _ in 0..60 {
            assert_eq!(throttle.attempt(Counted::Link(link), Timestamp(0)).await, Ok(()));
        }
        assert!(throttle.attempt(Counted::Link(link), Timestamp(0)).await.is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_place() {
        let address = |text: &str| Counted::address(text.parse().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }
}
