//! Whether the tests left the working tree as they found it.

use crate::failure::Failure;
use crate::workspace::Workspace;

/// What git says has changed; `None` outside a git repository.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tree(Option<Vec<String>>);

impl Tree {
    pub(crate) fn look(workspace: &Workspace) -> Self {
        let output = workspace
            .command("git")
            .args(["status", "--porcelain", "--untracked-files=all"])
            .output();
        let output = output.ok().filter(|output| output.status.success());
        Self(output.map(|output| {
            String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
        }))
    }

    /// # Errors
    /// When `later` has changes that this one has not.
    pub(crate) fn expect_same(&self, later: &Self) -> Result<(), Failure> {
        match self.new_in(later).as_slice() {
            [] => Ok(()),
            new => Err(Failure::Failed(format!(
                "The tests changed the working tree:\n{}",
                new.join("\n")
            ))),
        }
    }

    fn new_in<'a>(&self, later: &'a Self) -> Vec<&'a str> {
        let (Some(before), Some(after)) = (&self.0, &later.0) else {
            return Vec::new();
        };
        after.iter().filter(|line| !before.contains(line)).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(lines: &[&str]) -> Tree {
        Tree(Some(lines.iter().map(|line| (*line).to_owned()).collect()))
    }

    #[test]
    fn only_what_is_new_counts() {
        let before = tree(&[" M README.md"]);
        assert!(before.expect_same(&tree(&[" M README.md"])).is_ok());
        assert!(before.expect_same(&tree(&[])).is_ok());
        let text =
            before.expect_same(&tree(&[" M README.md", "?? left.log"])).unwrap_err().to_string();
        assert_eq!(text.lines().last(), Some("?? left.log"));
    }

    #[test]
    fn without_git_nothing_is_known() {
        assert!(Tree(None).expect_same(&tree(&["?? new"])).is_ok());
    }
}
