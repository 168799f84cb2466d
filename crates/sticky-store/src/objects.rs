//! Objects in a directory or in a bucket.

use std::io;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    ClientOptions, Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, RetryConfig,
};
use sticky_domain::port::{Blob, BlobError, BlobStore};
use sticky_domain::time::Timestamp;

use crate::ArchiveUrl;

/// A request that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Whoever reads an archived note waits for this.
const RETRIES: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

/// Where objects are.
#[derive(Debug, Clone)]
pub struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    /// Makes the directory if need be; a bucket is not asked anything yet. `aws` are the variables `AWS_…` of the
    /// environment.
    ///
    /// # Errors
    /// A message for whoever configured it.
    pub fn open<'a>(
        url: &ArchiveUrl,
        aws: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        match url {
            ArchiveUrl::Directory(path) => directory(path),
            ArchiveUrl::S3 { bucket, prefix } => s3(bucket, prefix, aws),
        }
    }
}

/// What is written is forced to the disk before it counts, as in the database that then lets go of it.
fn directory(path: &FilePath) -> Result<Objects, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    std::fs::create_dir_all(path).map_err(|error| failed(&error))?;
    let files = LocalFileSystem::new_with_prefix(path).map_err(|error| failed(&error))?;
    Ok(Objects(Arc::new(files.with_fsync(true).with_automatic_cleanup(true))))
}

fn s3<'a>(
    bucket: &str,
    prefix: &str,
    aws: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Objects, String> {
    let retry =
        RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_TIMEOUT, ..Default::default() };
    let mut plain = false;
    let mut builder = AmazonS3Builder::new();
    for (name, value) in aws {
        // The SDKs have a name for the endpoint of one service, too.
        let name = name.to_ascii_lowercase().replace("endpoint_url_s3", "endpoint_url");
        plain |= name.ends_with("endpoint_url") && value.starts_with("http://");
        if let Ok(key) = name.parse() {
            builder = builder.with_config(key, value);
        }
    }
    let options = ClientOptions::new()
        .with_timeout(TIMEOUT)
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_allow_http(plain);
    let built = builder
        .with_bucket_name(bucket)
        .with_client_options(options)
        .with_checksum_algorithm(Checksum::SHA256)
        .with_retry(retry)
        .build()
        .map_err(|error| error.to_string())?;
    Ok(Objects(Arc::new(PrefixStore::new(built, prefix))))
}

#[async_trait]
impl BlobStore for Objects {
    async fn put_new(&self, key: &str, bytes: Bytes) -> Result<(), BlobError> {
        let put = self.0.put_opts(&Path::from(key), bytes.into(), PutMode::Create.into()).await;
        put.map(drop).map_err(|error| match error {
            Error::AlreadyExists { .. } | Error::Precondition { .. } => {
                BlobError::Exists(key.to_owned())
            }
            other => failure(&other),
        })
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, BlobError> {
        let found = match self.0.get(&Path::from(key)).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), BlobError> {
        match self.0.delete(&Path::from(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Blob>, BlobError> {
        let prefix = Path::from(prefix);
        let found = self.0.list(Some(&prefix)).map_ok(|object| blob(&object)).try_collect().await;
        found.map_err(|error| failure(&error))
    }
}

fn blob(object: &ObjectMeta) -> Blob {
    let written_at = Timestamp(object.last_modified.timestamp_millis());
    Blob { key: object.location.to_string(), bytes: object.size, written_at }
}

fn failure(error: &Error) -> BlobError {
    if causes(error).any(is_full) {
        BlobError::Full
    } else {
        BlobError::Unavailable(error.to_string())
    }
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::StorageFull)
}
