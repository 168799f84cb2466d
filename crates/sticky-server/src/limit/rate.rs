use std::fmt;

/// How much may be asked for in a second, and how much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRate {
    pub per_second: u32,
    pub burst: u32,
}

impl RequestRate {
    /// Reads `50/1000`; the error is the rest of the sentence "`principal_rate` …".
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(per_second, burst)| {
            Some(Self {
                per_second: per_second.trim().parse().ok().filter(|number| *number > 0)?,
                burst: burst.trim().parse().ok().filter(|number| *number > 0)?,
            })
        });
        numbers.ok_or_else(|| {
            "is a rate per second and a burst, each at least 1, such as 50/1000".to_owned()
        })
    }
}

impl fmt::Display for RequestRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.per_second, self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_two_parts() {
        let rate = RequestRate::parse("50/1000").unwrap();
        assert_eq!((rate.per_second, rate.burst), (50, 1_000));
        assert_eq!(rate.to_string(), "50/1000");
        for refused in ["", "50", "0/1", "1/0", "-1/2", "a/b"] {
            assert!(RequestRate::parse(refused).is_err(), "{refused}");
        }
    }
}
