use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;
use zstd::stream::write::Encoder;

/// Where an export is written, compressed. A file has its name only once it is whole.
pub(super) enum Destination {
    File { encoder: Encoder<'static, BufWriter<NamedTempFile>>, path: PathBuf },
    Output(Encoder<'static, io::Stdout>),
}

impl Destination {
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return output() };
        if path.exists() {
            bail!("{} is there already", path.display());
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))
            .with_context(|| format!("{} cannot be written", path.display()))?;
        let encoder = Encoder::new(BufWriter::new(file), 0)?;
        Ok(Self::File { encoder, path: path.to_owned() })
    }

    /// Returns once all of it is on the disk, under its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Output(encoder) => Ok(encoder.finish()?.flush()?),
            Self::File { encoder, path } => {
                let file = encoder.finish()?.into_inner().map_err(|error| error.into_error())?;
                file.as_file().sync_all()?;
                file.persist_noclobber(&path)
                    .with_context(|| format!("{} cannot be written", path.display()))
                    .and_then(|_| sync_directory_of(&path))
            }
        }
    }
}

fn output() -> anyhow::Result<Destination> {
    if io::stdout().is_terminal() {
        bail!("an export is nothing to look at: give --out FILE, or send it on");
    }
    Ok(Destination::Output(Encoder::new(io::stdout(), 0)?))
}

fn sync_directory_of(path: &Path) -> anyhow::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok(File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?)
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File { encoder, .. } => encoder.write(bytes),
            Self::Output(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { encoder, .. } => encoder.flush(),
            Self::Output(encoder) => encoder.flush(),
        }
    }
}
