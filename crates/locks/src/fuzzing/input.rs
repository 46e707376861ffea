//! Bytes that are taken apart into choices and chunks. Every input means something; none is refused.

/// What is left of the input.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A choice; `None` at the end of the input.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// A length in one byte, then so many bytes, or as many as there are. `None` at the end of the input.
    pub(crate) fn chunk(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.byte()?);
        let (chunk, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(chunk)
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    /// `whole` in pieces whose lengths the input says; what it leaves open is one piece.
    pub(crate) fn cut<'b>(&mut self, mut whole: &'b [u8]) -> Vec<&'b [u8]> {
        let mut pieces = Vec::new();
        while let Some(length) = self.byte().filter(|_| !whole.is_empty()) {
            let (piece, rest) = whole.split_at(usize::from(length).min(whole.len()));
            pieces.push(piece);
            whole = rest;
        }
        pieces.push(whole);
        pieces
    }
}
