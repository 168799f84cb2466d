use super::Refusal;

/// Clients whose order is neither rising nor falling that one list may name.
const MAX_UNORDERED: usize = 1024;

/// Watches the clients of a list. Yjs writes them falling, yrs writes deletes rising, and a rising or
/// falling list cannot name one twice.
#[derive(Default)]
pub(super) struct Order {
    last: Option<u64>,
    rises: bool,
    falls: bool,
}

impl Order {
    #[inline]
    pub(super) fn add(&mut self, client: u64) -> Result<(), Refusal> {
        match self.last.replace(client) {
            Some(last) if last == client => return Err(Refusal::Malformed),
            Some(last) if last < client => self.rises = true,
            Some(_) => self.falls = true,
            None => {}
        }
        Ok(())
    }

    /// Whether only [`distinct`] can tell that no client came twice.
    pub(super) fn is_mixed(&self) -> bool {
        self.rises && self.falls
    }
}

/// Checks that no client comes twice, for the lists of old Yjs versions, which are in no order.
#[cold]
pub(super) fn distinct(clients: impl Iterator<Item = u64>) -> Result<(), Refusal> {
    let mut seen = [0; MAX_UNORDERED];
    for (len, client) in clients.enumerate() {
        let place = seen[..len].binary_search(&client).err().ok_or(Refusal::Malformed)?;
        if len == MAX_UNORDERED {
            return Err(Refusal::Malformed);
        }
        seen.copy_within(place..len, place + 1);
        seen[place] = client;
    }
    Ok(())
}
