use std::collections::{HashMap, HashSet, VecDeque};

use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::GroupId;
use sticky_domain::port::StoreError;
use uuid::Uuid;

use super::what;
use crate::row::Columns;

/// Which groups someone is in, directly and through other groups.
#[derive(Debug, Default)]
pub(super) struct Memberships {
    groups_of: HashMap<Uuid, Vec<KeyVersion>>,
}

impl Memberships {
    /// Those that the rows of one claim tell of.
    pub(super) fn of<R: Columns>(rows: &[R]) -> Result<Self, StoreError> {
        let mut memberships = Self::default();
        for row in rows {
            if row.code("what")? == what::GROUP {
                let key = RightKey::Group(GroupId(row.uuid("scope")?));
                let key = KeyVersion { key, version: row.number("scope_version")? };
                memberships.groups_of.entry(row.uuid("holder")?).or_default().push(key);
            }
        }
        Ok(memberships)
    }

    /// The keys of the groups on the shortest way from `member` up to `holder`; none when they are the same.
    pub(super) fn path(&self, member: Uuid, holder: Uuid) -> Option<Vec<KeyVersion>> {
        let mut seen = HashSet::from([member]);
        let mut ways = VecDeque::from([(member, Vec::new())]);
        while let Some((at, keys)) = ways.pop_front() {
            if at == holder {
                return Some(keys);
            }
            for key in self.groups_of.get(&at).into_iter().flatten() {
                let (_, group) = key.key.parts();
                if seen.insert(group) {
                    ways.push_back((group, [keys.as_slice(), &[*key]].concat()));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(group: u128) -> KeyVersion {
        KeyVersion { key: RightKey::Group(GroupId(Uuid::from_u128(group))), version: 1 }
    }

    #[test]
    fn the_shortest_way_is_taken_and_circles_end() {
        let edges = [(1, 2), (2, 3), (3, 4), (1, 5), (5, 4), (4, 2)];
        let mut memberships = Memberships::default();
        for (member, group) in edges {
            let groups = memberships.groups_of.entry(Uuid::from_u128(member)).or_default();
            groups.push(key(group));
        }
        let path = |to| memberships.path(Uuid::from_u128(1), Uuid::from_u128(to));
        assert_eq!(path(1), Some(vec![]));
        assert_eq!(path(4), Some(vec![key(5), key(4)]));
        assert_eq!(path(3), Some(vec![key(2), key(3)]));
        assert_eq!(path(9), None);
    }
}
