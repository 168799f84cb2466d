//! The Node.js that builds the web app.

use std::process::{Command, Stdio};

use crate::failure::Failure;

/// # Errors
/// [`Failure::Missing`] with what was found and what is needed.
pub(crate) fn check() -> Result<(), Failure> {
    let found = version_of("node").ok_or_else(|| refusal("no `node` was found"))?;
    if !parse(&found).is_some_and(is_new_enough) {
        return Err(refusal(&format!("`node` is {found}")));
    }
    version_of("npm").map(|_| ()).ok_or_else(|| refusal("`node` has no `npm` beside it"))
}

fn refusal(found: &str) -> Failure {
    Failure::Missing(format!(
        "Sticky's web app is built with Node.js 20.19 or newer of 20, or 22.12 or newer, and npm; here {found}.\n\
         Install a current Node.js, for example the LTS release, and run this again."
    ))
}

fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Major and minor of `v20.19.2`.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What Vite 8 asks for: `^20.19 || >=22.12`.
fn is_new_enough(version: (u32, u32)) -> bool {
    matches!(version, (20, 19..) | (22, 12..) | (23.., _))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_vite_does() {
        let fits = |version| parse(version).is_some_and(is_new_enough);
        for version in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.1"] {
            assert!(fits(version), "{version}");
        }
        for version in ["v18.20.4", "v20.9.0", "v21.7.0", "v22.11.0", "20.19.0", "nonsense"] {
            assert!(!fits(version), "{version}");
        }
    }
}
