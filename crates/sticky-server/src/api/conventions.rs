//! What all routes have in common, in the words of the description.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr, Required};

use super::once::is_remembered;
use super::refusals::{Kind, narrow};

const IF_MATCH: (&str, &str) =
    ("If-Match", "The ETag of the state that the change is made to: 412 when it is another by now");
const IF_NONE_MATCH: (&str, &str) =
    ("If-None-Match", "The ETag of what the caller has: 304 when it is still the same");
const IDEMPOTENCY_KEY: (&str, &str) = (
    "Idempotency-Key",
    "Names the request, so that it can be repeated: it is done once, and answered the same for 24 hours. Needs a credential: \
     400 `idempotency_key_refused` without one",
);
const PROJECT: (&str, &str) = (
    "X-Project",
    "The id of a project: nothing of any other is seen. `/api/v1/projects/{project}/…` in place of `/api/v1/…` says the same. \
     400 `project_mismatch` when that, this and the credential name different ones",
);

/// Adds to each operation the headers that every route of its kind understands, and tells operations apart by name.
pub(super) fn describe(mut openapi: OpenApi) -> OpenApi {
    for (path, item) in &mut openapi.paths.paths {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        all.into_iter().flatten().for_each(name);
        for read in item.get.iter_mut() {
            if answers(read, "304") {
                understand(read, IF_NONE_MATCH);
            }
            describe_kind(path, false, read);
        }
        let changes = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for change in changes.into_iter().flatten() {
            if answers(change, "412") {
                understand(change, IF_MATCH);
            }
            describe_kind(path, true, change);
        }
    }
    openapi
}

/// What every route of this kind understands, and what it refuses.
fn describe_kind(path: &str, changes: bool, operation: &mut Operation) {
    let keyed = changes && is_remembered(path);
    let kind = Kind { path, changes, keyed, takes_body: operation.request_body.is_some() };
    if keyed {
        understand(operation, IDEMPOTENCY_KEY);
    }
    if kind.is_within_a_project() {
        understand(operation, PROJECT);
    }
    narrow(operation, &kind);
}

/// Handlers of different modules may have the same name, operations may not.
fn name(operation: &mut Operation) {
    let tag = operation.tags.as_ref().and_then(|tags| tags.first());
    if let (Some(tag), Some(handler)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{handler}"));
    }
}

fn answers(operation: &Operation, status: &str) -> bool {
    operation.responses.responses.contains_key(status)
}

fn understand(operation: &mut Operation, (name, description): (&str, &str)) {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let header = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(text));
    operation.parameters.get_or_insert_default().push(RefOr::T(header.build()));
}
