//! Every setting there is, by name.

/// One setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// As in `sticky.toml`; `STICKY_` and capitals in the environment.
    pub(crate) name: &'static str,
    /// Never shown, and may be given as a file by `STICKY_…_FILE`.
    pub(crate) secret: bool,
    /// A name that it also has in the environment, by custom.
    pub(crate) also: Option<&'static str>,
}

const fn key(name: &'static str) -> Key {
    Key { name, secret: false, also: None }
}

const fn secret(name: &'static str) -> Key {
    Key { name, secret: true, also: None }
}

/// In the order in which `config show` prints them.
pub(crate) const KEYS: &[Key] = &[
    key("listen"),
    key("public_url"),
    key("tls_cert"),
    key("tls_key"),
    Key { name: "database_url", secret: true, also: Some("DATABASE_URL") },
    secret("link_keys"),
    key("insecure_local_dev"),
    key("anonymous_notes"),
    key("embed_origins"),
    key("registration"),
    key("oidc_issuer"),
    key("oidc_client_id"),
    secret("oidc_client_secret"),
    key("oidc_name"),
    key("discord_application_id"),
    secret("discord_client_secret"),
    key("discord_url"),
    key("log"),
    key("log_format"),
    key("snapshot_updates"),
    key("snapshot_interval"),
    key("unload_after"),
    key("archive"),
    key("archive_bytes"),
    key("archive_after"),
    key("archive_interval"),
    key("archive_hot_events"),
    key("archive_hot_for"),
    key("archive_prune_after"),
    key("trash_keep"),
    key("rate_limit"),
    key("principal_rate"),
    key("link_rate"),
    key("address_rate"),
    key("trusted_proxies"),
    key("reconnect_jitter"),
    key("ping_interval"),
    key("idle_timeout"),
    key("write_timeout"),
    key("request_timeout"),
    key("max_connections"),
    key("shutdown_grace"),
];

/// The setting with this name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The name of a setting that `name` was probably meant to be.
pub(crate) fn neighbour(name: &str) -> &'static str {
    KEYS.iter()
        .map(|key| key.name)
        .min_by_key(|known| distance(known, name))
        .expect("there are settings")
}

/// How many letters must be put in, taken out or replaced to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_told_from_what_was_meant() {
        for (typo, meant) in [
            ("listne", "listen"),
            ("snapshot_update", "snapshot_updates"),
            ("database", "database_url"),
            ("publicurl", "public_url"),
        ] {
            assert_eq!(neighbour(typo), meant);
        }
    }
}
