use sticky_domain::port::StoreError;

/// What the database said, in the domain's words. Its messages name tables and codes, never data.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(ref database) => match primary_code(database.as_ref()) {
            Some(FULL) => StoreError::Full,
            Some(CORRUPT | NOT_A_DATABASE | MISMATCH | CONSTRAINT) => {
                StoreError::Corrupt(database.message().to_owned())
            }
            _ => StoreError::Unavailable(database.message().to_owned()),
        },
        sqlx::Error::ColumnDecode { index, .. } => {
            StoreError::Corrupt(format!("column {index} is not readable"))
        }
        sqlx::Error::Decode(_) | sqlx::Error::RowNotFound | sqlx::Error::ColumnNotFound(_) => {
            StoreError::Corrupt("a row is not readable".to_owned())
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;
const NOT_A_DATABASE: i32 = 26;

/// The primary result code, below the extended one.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<i32> {
    error.code()?.parse::<i32>().ok().map(|code| code & 0xff)
}
