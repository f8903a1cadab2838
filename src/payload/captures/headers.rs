//! Reads the status line and headers of a saved response.

/// The status of the response that begins here, if one does.
pub(super) fn status(text: &[u8]) -> Option<u16> {
    let version = text.strip_prefix(b"HTTP/")?;
    let length = version.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
    let code = version[length..].strip_prefix(b" ")?;
    let (digits, behind) = code.split_at_checked(3)?;
    let ends = behind.first().is_none_or(u8::is_ascii_whitespace);
    let text = std::str::from_utf8(digits).ok().filter(|_| length > 0 && ends)?;
    text.parse().ok().filter(|code| (100..1000).contains(code))
}

/// Names and values, as lines have them. A folded line belongs to the one before it, and one without a colon is
/// skipped: both come from real servers.
pub(crate) fn fields<'h>(lines: impl Iterator<Item = &'h str>) -> Vec<(&'h str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in lines {
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = fields.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim(), value.trim().to_owned()));
        }
    }
    fields
}

/// The headers that matter.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) coding: String,
    pub(super) chunked: bool,
    pub(super) length: Option<u64>,
    /// Whether it is a proxy's response to `CONNECT`.
    pub(super) is_tunnel: bool,
}

impl Headers {
    /// Those of a status line and headers.
    pub(super) fn of(head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(head).to_ascii_lowercase();
        let mut lines = text.lines();
        let is_tunnel = lines.next().is_some_and(|line| line.contains(" connection established"));
        let mut headers = Self { is_tunnel, ..Self::default() };
        for (name, value) in fields(lines) {
            match name {
                "content-encoding" if headers.coding.is_empty() => headers.coding = value,
                // A list may be sent line by line.
                "content-encoding" => headers.coding = format!("{},{value}", headers.coding),
                "transfer-encoding" => headers.chunked |= value.contains("chunked"),
                "content-length" => headers.length = value.parse().ok(),
                _ => {}
            }
        }
        headers
    }
}
