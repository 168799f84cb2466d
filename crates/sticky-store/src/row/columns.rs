use bytes::Bytes;
use sqlx::{ColumnIndex, Decode, Row, Type};
use sticky_domain::access::Level;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::unreadable;
use crate::failure::store_error;

/// Reads columns with the errors of the ports.
pub(crate) trait Columns {
    fn uuid(&self, column: &str) -> Result<Uuid, StoreError>;
    fn uuid_or_none(&self, column: &str) -> Result<Option<Uuid>, StoreError>;
    fn number(&self, column: &str) -> Result<u64, StoreError>;
    fn number_or_none(&self, column: &str) -> Result<Option<u64>, StoreError>;
    fn code(&self, column: &str) -> Result<i16, StoreError>;
    fn text(&self, column: &str) -> Result<String, StoreError>;
    fn text_or_none(&self, column: &str) -> Result<Option<String>, StoreError>;
    fn time(&self, column: &str) -> Result<Timestamp, StoreError>;
    fn time_or_none(&self, column: &str) -> Result<Option<Timestamp>, StoreError>;
    fn bytes(&self, column: &str) -> Result<Bytes, StoreError>;
    fn bytes_or_none(&self, column: &str) -> Result<Option<Bytes>, StoreError>;
    fn level(&self, column: &str) -> Result<Level, StoreError>;
}

impl<R> Columns for R
where
    R: Row,
    for<'c> &'c str: ColumnIndex<R>,
    for<'r> Uuid: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i16: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn uuid(&self, column: &str) -> Result<Uuid, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn uuid_or_none(&self, column: &str) -> Result<Option<Uuid>, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn number(&self, column: &str) -> Result<u64, StoreError> {
        let number: i64 = self.try_get(column).map_err(store_error)?;
        u64::try_from(number).map_err(|_| unreadable("a number"))
    }

    fn number_or_none(&self, column: &str) -> Result<Option<u64>, StoreError> {
        let number: Option<i64> = self.try_get(column).map_err(store_error)?;
        number.map(|number| u64::try_from(number).map_err(|_| unreadable("a number"))).transpose()
    }

    fn code(&self, column: &str) -> Result<i16, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn text(&self, column: &str) -> Result<String, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn text_or_none(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.try_get(column).map(Timestamp).map_err(store_error)
    }

    fn time_or_none(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let time: Option<i64> = self.try_get(column).map_err(store_error)?;
        Ok(time.map(Timestamp))
    }

    fn bytes(&self, column: &str) -> Result<Bytes, StoreError> {
        self.try_get::<Vec<u8>, _>(column).map(Bytes::from).map_err(store_error)
    }

    fn bytes_or_none(&self, column: &str) -> Result<Option<Bytes>, StoreError> {
        let bytes: Option<Vec<u8>> = self.try_get(column).map_err(store_error)?;
        Ok(bytes.map(Bytes::from))
    }

    fn level(&self, column: &str) -> Result<Level, StoreError> {
        Level::parse(&self.text(column)?).ok_or_else(|| unreadable("a level"))
    }
}
