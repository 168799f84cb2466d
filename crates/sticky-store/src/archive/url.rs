use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where archived history is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveUrl {
    /// A directory, which every node must see.
    Directory(PathBuf),
    /// A bucket of any S3, and what all keys in it begin with.
    S3 { bucket: String, prefix: String },
}

impl FromStr for ArchiveUrl {
    type Err = String;

    /// The error is the rest of the sentence "`archive` …".
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("s3", place)) => s3(place),
            Some(("file", path)) => directory(path),
            Some((scheme, _)) => Err(format!(
                "begins with {scheme}://; it is a directory, file://PATH or s3://BUCKET/PREFIX"
            )),
            None => directory(text),
        }
    }
}

fn s3(place: &str) -> Result<ArchiveUrl, String> {
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() || bucket.contains(['@', '?', ':']) {
        return Err(
            "names a bucket: s3://BUCKET or s3://BUCKET/PREFIX; credentials are AWS_… variables"
                .to_owned(),
        );
    }
    Ok(ArchiveUrl::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
}

fn directory(path: &str) -> Result<ArchiveUrl, String> {
    match path {
        "" => Err("names a directory, or s3://BUCKET/PREFIX".to_owned()),
        path => Ok(ArchiveUrl::Directory(PathBuf::from(path))),
    }
}

impl fmt::Display for ArchiveUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => path.display().fmt(f),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_a_directory_or_a_bucket() {
        let s3 = |bucket: &str, prefix: &str| {
            Ok(ArchiveUrl::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        };
        let directory = |path: &str| Ok(ArchiveUrl::Directory(PathBuf::from(path)));
        let table: [(&str, Result<ArchiveUrl, &str>); 7] = [
            ("./archive", directory("./archive")),
            ("file:///var/lib/sticky", directory("/var/lib/sticky")),
            ("s3://notes", s3("notes", "")),
            ("s3://notes/a/b/", s3("notes", "a/b")),
            ("s3://key:secret@notes", Err("names a bucket")),
            ("gs://notes", Err("begins with gs://")),
            ("", Err("names a directory")),
        ];
        for (text, expected) in table {
            match (text.parse::<ArchiveUrl>(), expected) {
                (Err(message), Err(part)) => {
                    assert!(message.contains(part) && !message.contains("secret"), "{message}");
                }
                (parsed, expected) => assert_eq!(parsed.map_err(|_| ""), expected, "{text}"),
            }
        }
    }
}
