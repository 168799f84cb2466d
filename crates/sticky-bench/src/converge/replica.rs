use std::net::SocketAddr;
use std::time::Duration;

use super::document::{Document, View};
use super::line::{Line, Taken};
use super::plan::Deed;
use crate::error::BenchError;
use crate::frame::{self, ServerFrame};
use crate::socket;
use crate::splitmix::SplitMix;
use bytes::Bytes;
use tokio::time::sleep;

/// Long enough for a frame to come over the loopback.
const MOMENT: Duration = Duration::from_millis(1);
/// Typed at once. Nothing beyond the basic plane: yrs and Yjs differ on a pair that is split.
const WORDS: [&str; 6] = ["a", "note ", "né", "語", "\n- [ ] ", "0123456789"];

/// A document and its connection, if it has one.
pub(super) struct Replica {
    document: Document,
    address: SocketAddr,
    path: String,
    line: Option<Line>,
    unsent: Vec<Bytes>,
    last: Option<Bytes>,
    random: SplitMix,
    edits: u64,
}

impl Replica {
    pub(super) fn new(
        document: Document,
        address: SocketAddr,
        path: String,
        random: SplitMix,
    ) -> Self {
        let (line, unsent, last) = (None, Vec::new(), None);
        Self { document, address, path, line, unsent, last, random, edits: 0 }
    }

    pub(super) fn edits(&self) -> u64 {
        self.edits
    }

    pub(super) async fn view(&self) -> Result<View, BenchError> {
        self.document.view().await
    }

    pub(super) async fn perform(&mut self, deed: Deed) -> Result<(), BenchError> {
        match deed {
            Deed::Edit => return self.edit().await,
            Deed::Send => self.send_unsent().await,
            Deed::SendDisordered => self.send_disordered().await,
            Deed::Repeat => self.repeat().await,
            Deed::TakeIn => return self.take_in().await,
            Deed::Lose => self.lose(),
            Deed::Connect if self.line.is_none() => return self.reconnect().await,
            Deed::Connect => {}
        }
        Ok(())
    }

    /// A new line, on which both tell what they have.
    pub(super) async fn reconnect(&mut self) -> Result<(), BenchError> {
        self.lose();
        let mut line = Line::open(self.address, &self.path).await?;
        let vector = self.document.vector().await?;
        line.send(frame::step1(&vector)).await;
        self.line = Some(line);
        Ok(())
    }

    /// Takes everything that has come, and answers.
    pub(super) async fn take_in(&mut self) -> Result<(), BenchError> {
        sleep(MOMENT).await;
        while let Some(line) = &mut self.line {
            match line.take()? {
                Taken::Frame(bytes) => self.hear(&bytes).await?,
                Taken::Nothing => break,
                Taken::End => self.lose(),
            }
        }
        Ok(())
    }

    async fn hear(&mut self, bytes: &[u8]) -> Result<(), BenchError> {
        match socket::parse(bytes)? {
            ServerFrame::Step1(vector) => self.answer(vector).await,
            ServerFrame::Step2(update) | ServerFrame::Update(update) => {
                self.document.apply(update).await
            }
            ServerFrame::Saved { .. } | ServerFrame::Other => Ok(()),
        }
    }

    async fn answer(&mut self, vector: &[u8]) -> Result<(), BenchError> {
        let missing = self.document.missing(vector).await?;
        self.put(frame::step2(&missing)).await;
        Ok(())
    }

    async fn edit(&mut self) -> Result<(), BenchError> {
        let length = self.view().await?.1.encode_utf16().count() as u64;
        let at = self.random.below(length + 1);
        let update = if self.random.chance(30) && at < length {
            let most = (length - at).min(6);
            self.document.remove(at as u32, 1 + self.random.below(most) as u32).await?
        } else {
            let word = WORDS[self.random.below(WORDS.len() as u64) as usize];
            self.document.insert(at as u32, word).await?
        };
        self.unsent.push(update.into());
        self.edits += 1;
        Ok(())
    }

    async fn send_unsent(&mut self) {
        for update in std::mem::take(&mut self.unsent) {
            self.last = Some(update.clone());
            self.put(frame::update(&update)).await;
        }
    }

    async fn send_disordered(&mut self) {
        if let (Some(line), [.., one, other]) = (&mut self.line, &mut self.unsent[..])
            && !std::mem::replace(&mut line.was_disordered, true)
        {
            std::mem::swap(one, other);
        }
        self.send_unsent().await;
    }

    async fn repeat(&mut self) {
        if let Some(last) = self.last.clone() {
            self.put(frame::update(&last)).await;
        }
    }

    fn lose(&mut self) {
        self.line = None;
        self.unsent.clear();
    }

    async fn put(&mut self, frame: Bytes) {
        if let Some(line) = &mut self.line
            && !line.send(frame).await
        {
            self.lose();
        }
    }
}
