use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    Doc, GetString as _, ReadTxn as _, StateVector, Text as _, TextRef, Transact as _, Update,
};

use super::line::{Line, Taken};
use super::plan::Deed;
use crate::error::BenchError;
use crate::frame::{self, ServerFrame};
use crate::keystroke::ROOT;
use crate::socket;
use crate::splitmix::SplitMix;
use crate::trace;

/// Long enough for a frame to come over the loopback.
const MOMENT: Duration = Duration::from_millis(1);
/// Typed at once. Nothing beyond the basic plane: yrs and Yjs differ on a pair that is split.
const WORDS: [&str; 6] = ["a", "note ", "né", "語", "\n- [ ] ", "0123456789"];

/// A yrs document and its connection, if it has one.
pub(super) struct Replica {
    doc: Doc,
    text: TextRef,
    address: SocketAddr,
    path: String,
    line: Option<Line>,
    unsent: Vec<Bytes>,
    last: Option<Bytes>,
    random: SplitMix,
    edits: u64,
}

impl Replica {
    pub(super) fn new(address: SocketAddr, path: String, mut random: SplitMix) -> Self {
        let doc = trace::document(random.client_id());
        let text = doc.get_or_insert_text(ROOT);
        let (line, unsent, last) = (None, Vec::new(), None);
        Self { doc, text, address, path, line, unsent, last, random, edits: 0 }
    }

    pub(super) fn edits(&self) -> u64 {
        self.edits
    }

    /// State vector and text.
    pub(super) fn view(&self) -> (Vec<(u64, u32)>, String) {
        let transaction = self.doc.transact();
        let vector = transaction.state_vector();
        let mut clocks: Vec<(u64, u32)> =
            vector.iter().map(|(client, clock)| (client.get(), *clock)).collect();
        clocks.sort_unstable();
        (clocks, self.text.get_string(&transaction))
    }

    pub(super) async fn perform(&mut self, deed: Deed) -> Result<(), BenchError> {
        match deed {
            Deed::Edit => self.edit(),
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
        let vector = self.doc.transact().state_vector().encode_v1();
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
            ServerFrame::Step2(update) | ServerFrame::Update(update) => self.apply(update),
            ServerFrame::Saved { .. } | ServerFrame::Other => Ok(()),
        }
    }

    async fn answer(&mut self, vector: &[u8]) -> Result<(), BenchError> {
        let vector = StateVector::decode_v1(vector).map_err(unreadable)?;
        let missing = self.doc.transact().encode_diff_v1(&vector);
        self.put(frame::step2(&missing)).await;
        Ok(())
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), BenchError> {
        let update = Update::decode_v1(update).map_err(unreadable)?;
        self.doc.transact_mut().apply_update(update).map_err(unreadable)
    }

    fn edit(&mut self) {
        let length = self.view().1.encode_utf16().count() as u64;
        let at = self.random.below(length + 1) as u32;
        let mut transaction = self.doc.transact_mut();
        if self.random.chance(30) && u64::from(at) < length {
            let most = (length - u64::from(at)).min(6);
            self.text.remove_range(&mut transaction, at, 1 + self.random.below(most) as u32);
        } else {
            let word = WORDS[self.random.below(WORDS.len() as u64) as usize];
            self.text.insert(&mut transaction, at, word);
        }
        self.unsent.push(transaction.encode_update_v1().into());
        self.edits += 1;
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

fn unreadable(error: impl std::fmt::Display) -> BenchError {
    BenchError::Unreadable(error.to_string())
}
