//! What a result was made from, kept beside the result, so that it is made again only when that changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The state of some inputs as one number. Another Rust release may count differently, which costs one rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// By content: for the few files whose every change matters and whose times do not.
    pub(crate) fn of_contents(files: &[PathBuf]) -> io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        for file in files {
            fs::read(file)?.hash(&mut hasher);
        }
        Ok(Self(hasher.finish()))
    }

    /// By path, size and time of change of every file below `root` but in directories that `skipped` names.
    pub(crate) fn of_tree(root: &Path, skipped: fn(&str) -> bool) -> io::Result<Self> {
        let mut files = Vec::new();
        collect(root, skipped, &mut files)?;
        files.sort();
        let mut hasher = DefaultHasher::new();
        files.hash(&mut hasher);
        Ok(Self(hasher.finish()))
    }
}

/// Path, bytes, and nanoseconds since 1970.
type File = (PathBuf, u64, u128);

fn collect(directory: &Path, skipped: fn(&str) -> bool, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if !metadata.is_dir() {
            let changed =
                metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
            files.push((entry.path(), metadata.len(), changed));
        } else if !entry.file_name().to_str().is_some_and(skipped) {
            collect(&entry.path(), skipped, files)?;
        }
    }
    Ok(())
}

/// A file that holds the fingerprint of what its neighbours were made from.
#[derive(Debug)]
pub(crate) struct Stamp(PathBuf);

impl Stamp {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn matches(&self, fingerprint: Fingerprint) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|text| text == fingerprint.0.to_string())
    }

    pub(crate) fn write(&self, fingerprint: Fingerprint) -> io::Result<()> {
        fs::create_dir_all(self.0.parent().expect("a stamp lies in a directory"))?;
        fs::write(&self.0, fingerprint.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(directory.join("src")).unwrap();
        fs::create_dir_all(directory.join("dist")).unwrap();
        directory
    }

    #[test]
    fn a_tree_changes_with_its_files_but_not_with_what_is_skipped() {
        let root = scratch("tree");
        let print = || Fingerprint::of_tree(&root, |name| name == "dist").unwrap();
        let empty = print();
        fs::write(root.join("dist/out.js"), "built").unwrap();
        assert_eq!(print(), empty);
        fs::write(root.join("src/in.ts"), "source").unwrap();
        assert_ne!(print(), empty);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_stamp_matches_what_was_written_only() {
        let root = scratch("stamp");
        let stamp = Stamp::at(root.join("deep/inside/stamp"));
        assert!(!stamp.matches(Fingerprint(7)));
        stamp.write(Fingerprint(7)).unwrap();
        assert!(stamp.matches(Fingerprint(7)));
        assert!(!stamp.matches(Fingerprint(8)));
        fs::remove_dir_all(root).unwrap();
    }
}
