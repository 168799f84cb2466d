use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use super::error::ConfigError;
use super::layer::secret_in;

/// What may also be given as a file, by a name that the SDKs have no other use for.
const SECRETS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// The variables `AWS_…`, by which every program that talks to S3 is told how.
#[derive(Debug, Clone, Default)]
pub struct Aws(Vec<(String, SecretString)>);

impl Aws {
    pub(super) fn of(environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let ours = environment.iter().filter(|(name, _)| name.starts_with("AWS_"));
        let variables = ours.map(|(name, text)| match in_file(name) {
            Some(secret) => Ok((secret.to_owned(), secret_in(Path::new(text))?.into())),
            None => Ok((name.clone(), text.clone().into())),
        });
        variables.collect::<Result<_, _>>().map(Self)
    }

    /// Names and values.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.expose_secret()))
    }
}

/// The variable that this one names a file for.
fn in_file(name: &str) -> Option<&str> {
    name.strip_suffix("_FILE").filter(|name| SECRETS.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_may_be_in_files_and_nothing_else_is_taken_for_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush\n").unwrap();
        let path = file.path().display().to_string();
        let environment = [
            ("AWS_SECRET_ACCESS_KEY_FILE", path.as_str()),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
            ("HOME", "/"),
        ];
        let aws = Aws::of(&environment.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let variables = aws.unwrap();
        assert_eq!(
            variables.variables().collect::<Vec<_>>(),
            [("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")]
        );
        assert!(!format!("{variables:?}").contains("hush"));
    }
}
