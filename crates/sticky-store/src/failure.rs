use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use sticky_domain::port::StoreError;

/// What the database said, in the domain's words. Its messages name tables and codes, never data.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(database) => {
            let message = database.message().to_owned();
            match verdict(database.as_ref()) {
                Verdict::Full => StoreError::Full,
                Verdict::Corrupt => StoreError::Corrupt(message),
                Verdict::Unavailable => StoreError::Unavailable(message),
            }
        }
        sqlx::Error::ColumnDecode { index, .. } => {
            StoreError::Corrupt(format!("column {index} is not readable"))
        }
        sqlx::Error::Decode(_) | sqlx::Error::RowNotFound | sqlx::Error::ColumnNotFound(_) => {
            StoreError::Corrupt("a row is not readable".to_owned())
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

enum Verdict {
    Full,
    Corrupt,
    Unavailable,
}

fn verdict(error: &dyn DatabaseError) -> Verdict {
    match error.try_downcast_ref::<PgDatabaseError>() {
        Some(error) => of_postgres(error.code()),
        None => of_sqlite(error.code().as_deref()),
    }
}

/// SQLSTATE: two characters name the class.
fn of_postgres(code: &str) -> Verdict {
    match code {
        "53100" => Verdict::Full,
        _ if code.starts_with("23") || code.starts_with("XX0") => Verdict::Corrupt,
        _ => Verdict::Unavailable,
    }
}

/// The primary result code is below the extended one.
fn of_sqlite(code: Option<&str>) -> Verdict {
    match code.and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff) {
        Some(FULL) => Verdict::Full,
        Some(CORRUPT | NOT_A_DATABASE | MISMATCH | CONSTRAINT) => Verdict::Corrupt,
        _ => Verdict::Unavailable,
    }
}

const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;
const NOT_A_DATABASE: i32 = 26;
