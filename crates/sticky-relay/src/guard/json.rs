use super::Refusal;

/// Whether `text` is one JSON value that serde_json, inside yrs, reads too: no deeper than `depth`,
/// no half of a surrogate pair, no number that it has no place for.
///
/// Open brackets are bits of a word, so that nothing recurses and nothing is allocated.
pub(super) fn check(text: &str, depth: u32) -> Result<(), Refusal> {
    let mut json =
        Json { bytes: text.as_bytes(), at: 0, objects: 0, open: 0, depth: depth.min(64) };
    json.document().ok_or(Refusal::Malformed)
}

struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
    /// One bit for each open bracket, the innermost lowest: set for an object.
    objects: u64,
    open: u32,
    depth: u32,
}

impl Json<'_> {
    fn document(&mut self) -> Option<()> {
        loop {
            self.space();
            if self.opens()? {
                continue;
            }
            if self.closes()? {
                break;
            }
        }
        self.space();
        (self.at == self.bytes.len()).then_some(())
    }

    /// Reads a value's beginning. True: a bracket was opened, and a value must follow.
    fn opens(&mut self) -> Option<bool> {
        match self.peek()? {
            b'{' => self.enter(true),
            b'[' => self.enter(false),
            b'"' => self.string().map(|()| false),
            b't' => self.word(b"true").map(|()| false),
            b'f' => self.word(b"false").map(|()| false),
            b'n' => self.word(b"null").map(|()| false),
            _ => self.number().map(|()| false),
        }
    }

    fn enter(&mut self, object: bool) -> Option<bool> {
        self.at += 1;
        self.space();
        let close = if object { b'}' } else { b']' };
        if self.open == self.depth {
            return None;
        }
        if self.peek()? == close {
            self.at += 1;
            return Some(false);
        }
        self.objects = self.objects << 1 | u64::from(object);
        self.open += 1;
        if object {
            self.key()?;
        }
        Some(true)
    }

    /// Reads what follows a value. True: it was the outermost one. False: another value must follow.
    fn closes(&mut self) -> Option<bool> {
        while self.open > 0 {
            self.space();
            let object = self.objects & 1 == 1;
            match (self.next()?, object) {
                (b',', false) => return Some(false),
                (b',', true) => return self.key().map(|()| false),
                (b'}', true) | (b']', false) => self.leave(),
                _ => return None,
            }
        }
        Some(true)
    }

    fn leave(&mut self) {
        self.objects >>= 1;
        self.open -= 1;
    }

    fn key(&mut self) -> Option<()> {
        self.space();
        self.string()?;
        self.space();
        (self.next()? == b':').then_some(())
    }

    fn string(&mut self) -> Option<()> {
        if self.next()? != b'"' {
            return None;
        }
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => self.unicode(),
            _ => None,
        }
    }

    fn unicode(&mut self) -> Option<()> {
        match self.hex()? {
            0xdc00..=0xdfff => None,
            0xd800..=0xdbff => {
                self.word(b"\\u")?;
                matches!(self.hex()?, 0xdc00..=0xdfff).then_some(())
            }
            _ => Some(()),
        }
    }

    fn hex(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |value, _| Some(value << 4 | char::from(self.next()?).to_digit(16)?))
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.skip_if(b"-");
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.skip_if(b".") {
            self.digits()?;
        }
        if self.skip_if(b"eE") {
            self.skip_if(b"+-");
            self.digits()?;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
        // yrs reads what fits a u64 as one, and then has no place for what is beyond an i64.
        let misread = text.parse::<u64>().is_ok_and(|value| i64::try_from(value).is_err());
        (!misread && text.parse::<f64>().ok()?.is_finite()).then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let digits = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        (digits > 0).then_some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let found = self.bytes[self.at..].starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    fn skip_if(&mut self, any: &[u8]) -> bool {
        let found = self.peek().is_some_and(|byte| any.contains(&byte));
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }
}
