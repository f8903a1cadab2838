//! Is it something to unpack first?

/// Bytes that it takes to tell: the mark of a tar archive stands behind its first header.
pub(super) const MARK: usize = 262;

/// What begins with which bytes, and what to do about it.
const KINDS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "is a ZIP archive; unpack it first"),
    (b"PK\x05\x06", "is an empty ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it first"),
    (b"Rar!\x1a\x07", "is a RAR archive; unpack it first"),
    (b"\xfd7zXZ\x00", "is compressed with xz; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\x04\x22\x4d\x18", "is compressed with LZ4; unpack it first"),
    (b"%PDF-", "is a PDF document, not a capture"),
    (b"\x89PNG\r\n\x1a\n", "is a PNG image, not a capture"),
    (b"\xff\xd8\xff", "is a JPEG image, not a capture"),
    (b"GIF8", "is a GIF image, not a capture"),
    (b"SQLite format 3\0", "is an SQLite database, not a capture"),
    (b"\xd4\xc3\xb2\xa1", "is a packet capture; export HTTP bodies from it first"),
    (b"\xa1\xb2\xc3\xd4", "is a packet capture; export HTTP bodies from it first"),
    (b"\x0a\x0d\x0d\x0a", "is a packet capture; export HTTP bodies from it first"),
    (b"\x7fELF", "is a program, not a capture"),
];

/// What the first bytes say it is, where that is nothing to judge.
pub(super) fn of(head: &[u8]) -> Option<&'static str> {
    if head.get(257..262) == Some(b"ustar") {
        return Some("is a tar archive; unpack it first");
    }
    KINDS.iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, what)| *what)
}
