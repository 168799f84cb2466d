use sticky_domain::port::{ListRequest, PageAt};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

/// Where a page of documents begins: after a row, or after so many.
pub(crate) struct PageStart {
    pub(crate) after: Option<(Timestamp, Uuid)>,
    pub(crate) skip: i64,
}

impl PageStart {
    pub(crate) fn of(request: &ListRequest) -> Self {
        match request.at {
            PageAt::Number(number) => {
                let skip = i64::from(number.saturating_sub(1)) * i64::from(request.size);
                Self { after: None, skip }
            }
            PageAt::After(time, document) => Self { after: Some((time, document.0)), skip: 0 },
        }
    }
}
