use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use sticky_domain::export::MAX_LINE;
use zstd::stream::read::Decoder;

use crate::command::progress::Progress;

/// The lines of a compressed export.
pub(super) struct Source<'a> {
    lines: BufReader<Decoder<'static, BufReader<Counted<'a>>>>,
}

/// A file that tells how far it has been read.
struct Counted<'a> {
    file: File,
    read: u64,
    progress: &'a Progress,
}

impl<'a> Source<'a> {
    pub(super) fn open(path: &Path, progress: &'a Progress) -> io::Result<Self> {
        let file = Counted { file: File::open(path)?, read: 0, progress };
        Ok(Self { lines: BufReader::new(Decoder::new(file)?) })
    }
}

impl Iterator for Source<'_> {
    type Item = io::Result<Vec<u8>>;

    /// A few bytes of a file can be many when they are unpacked, so a line ends where none of ours goes on.
    fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.lines).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line);
        match read {
            Ok(0) => None,
            Ok(_) if line.pop_if(|last| *last == b'\n').is_some() || line.len() <= MAX_LINE => {
                Some(Ok(line))
            }
            Ok(_) => Some(Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long"))),
            // Cut short in the middle of a compressed block. That it is not whole is said by who reads the lines.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl io::Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        self.progress.at(self.read);
        Ok(read)
    }
}
