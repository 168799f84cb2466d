use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::client::Client;
use super::seed::{Seeded, Shape};
use super::words::some_word;
use crate::error::BenchError;
use crate::splitmix::SplitMix;

const PAGE: usize = 100;
const SEARCHES: usize = 1_000;
/// Every so many searches are by whoever sees everything.
const BY_EVERYONE: usize = 10;

/// How long each of many questions took.
pub(super) struct Asked {
    pub(super) what: &'static str,
    /// Milliseconds that most of them may take.
    pub(super) at_most: f64,
    pub(super) took: Vec<Duration>,
}

/// Walks the list of everything, in each order, and that of the one who has the most, from end to end.
pub(super) async fn walks(
    client: &mut Client,
    shape: Shape,
    seeded: &Seeded,
) -> Result<Vec<Asked>, BenchError> {
    let mut asked = Vec::new();
    for (what, sort) in [
        ("page of all by change", "modified"),
        ("page of all by making", "created_at"),
        ("page of all by maker", "created_by"),
        ("page of all by title", "title"),
    ] {
        let (took, seen) = walk(client, sort, None).await?;
        if seen != shape.documents as usize {
            return Err(BenchError::Broken(format!("{sort}: {seen} of {}", shape.documents)));
        }
        asked.push(Asked { what, at_most: 20.0, took });
    }
    let (took, _) = walk(client, "modified", seeded.tokens.first()).await?;
    asked.push(Asked { what: "page of one with very many", at_most: 20.0, took });
    let mut took = Vec::new();
    for token in &seeded.tokens {
        took.extend(walk(client, "title", Some(token)).await?.0);
    }
    asked.push(Asked { what: "page of each of the people", at_most: 20.0, took });
    Ok(asked)
}

async fn walk(
    client: &mut Client,
    sort: &str,
    token: Option<&String>,
) -> Result<(Vec<Duration>, usize), BenchError> {
    let (mut took, mut seen, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let path = format!("/api/v1/documents?sort={sort}&page_size={PAGE}{cursor}");
        let start = Instant::now();
        let page = client.get(&path, token.map(String::as_str)).await?;
        // The first is counted, and so measured apart from those that go on.
        if !cursor.is_empty() {
            took.push(start.elapsed());
        }
        seen += page["items"].as_array().map_or(0, Vec::len);
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return Ok((took, seen)),
        }
    }
}

/// Words, beginnings and typos, by many people.
pub(super) async fn searches(
    client: &mut Client,
    shape: Shape,
    seeded: &Seeded,
) -> Result<Asked, BenchError> {
    let mut random = SplitMix::new(shape.seed + 1);
    let (mut took, mut found) = (Vec::new(), 0);
    for nth in 0..SEARCHES {
        let token = &seeded.tokens[random.below(seeded.tokens.len() as u64) as usize];
        let token = (nth % BY_EVERYONE > 0).then_some(token.as_str());
        let word = some_word(&mut random);
        let query = match nth % 3 {
            0 => word,
            1 => word[..word.len().min(4)].to_owned(),
            // A letter too few.
            _ => [&word[..1], &word[2..]].concat(),
        };
        let start = Instant::now();
        let answer = client.get(&format!("/api/v1/search?q={query}"), token).await?;
        took.push(start.elapsed());
        found += answer["items"].as_array().map_or(0, Vec::len);
    }
    match found {
        0 => Err(BenchError::Broken("no search found anything".to_owned())),
        _ => Ok(Asked { what: "search", at_most: 50.0, took }),
    }
}
