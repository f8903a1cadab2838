//! Reads the root element of HTML or XML, and whether it is closed.

/// The element that a text consists of.
pub(super) struct Root {
    name: Vec<u8>,
}

impl Root {
    /// The element that begins the text, where it is HTML or XML.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        /// Declarations and comments may come before it.
        const MAX_PROLOG: usize = 4 << 10;
        let text = text.trim_ascii_start();
        let text = &text[..text.len().min(MAX_PROLOG)];
        if text.first() != Some(&b'<') {
            return None;
        }
        let begins = text.windows(2).position(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic())?;
        let ends = |byte: &&u8| byte.is_ascii_whitespace() || b"/>".contains(byte);
        let name = text[begins + 1..].iter().take_while(|byte| !ends(byte)).copied().collect();
        Some(Self { name })
    }

    /// Whether the text ends with the end of the element.
    pub(super) fn is_closed(&self, text: &[u8]) -> bool {
        let tag = text.trim_ascii_end().strip_suffix(b">").map(<[u8]>::trim_ascii_end).unwrap_or_default();
        let before = tag.len().checked_sub(self.name.len()).map(|at| tag.split_at(at));
        before.is_some_and(|(before, name)| before.ends_with(b"</") && name.eq_ignore_ascii_case(&self.name))
    }

    /// The first tag of the element in the text, and whether it is the end of it. Another element of this
    /// name may begin in a text that comes behind one that was cut off.
    pub(super) fn tag(&self, text: &[u8]) -> Option<(usize, bool)> {
        memchr::memchr_iter(b'<', text).find_map(|at| {
            let behind = &text[at + 1..];
            let (closes, behind) = behind.strip_prefix(b"/").map_or((false, behind), |behind| (true, behind));
            let (name, behind) = behind.split_at_checked(self.name.len())?;
            let ends = behind.first().is_none_or(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
            (name.eq_ignore_ascii_case(&self.name) && ends).then_some((at, closes))
        })
    }
}
