//! The one list of what is installed outside Cargo.lock and package-lock.json.

const LIST: &str = include_str!("../versions");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) kind: &'static str,
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// A file that is there once the tool is installed; relative to target/tools for what we install there.
    pub(crate) proof: &'static str,
}

pub(crate) fn of_kind(kind: &str) -> impl Iterator<Item = Tool> {
    LIST.lines().filter_map(parse).filter(move |tool| tool.kind == kind)
}

/// # Panics
/// When the list has no such tool: names are written in the source, beside the list.
pub(crate) fn cargo_tool(name: &str) -> Tool {
    tool("cargo", name)
}

/// # Panics
/// Likewise.
pub(crate) fn pip_tool(name: &str) -> Tool {
    tool("pip", name)
}

fn tool(kind: &str, name: &str) -> Tool {
    of_kind(kind)
        .find(|tool| tool.name == name)
        .expect("the versions file lists every tool that is named here")
}

fn parse(line: &'static str) -> Option<Tool> {
    let mut words = line.split('#').next()?.split_whitespace();
    let (kind, name, version, proof) = (words.next()?, words.next()?, words.next()?, words.next()?);
    Some(Tool { kind, name, version, proof })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_but_comments_is_a_tool_of_a_known_kind() {
        let lines = LIST.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        for line in lines {
            let tool = parse(line).unwrap_or_else(|| panic!("not understood: {line}"));
            assert!(
                ["apt", "apt-fuzz", "cargo", "pip"].contains(&tool.kind),
                "unknown kind: {line}"
            );
        }
    }

    #[test]
    fn tools_that_are_installed_here_are_pinned_exactly() {
        for tool in of_kind("cargo").chain(of_kind("pip")) {
            assert_eq!(tool.version.split('.').count(), 3, "{} {}", tool.name, tool.version);
        }
    }
}
