//! Recognizes archives, packet captures and other binary formats that are not read.

/// Number of bytes needed: the mark of a tar archive is behind its first header.
pub(super) const MARK: usize = 262;

/// Where a mark is, its bytes, and what to do about a file that has it. The first that fits counts.
const KINDS: &[(usize, &[u8], &str)] = &[
    (30, b"raw/", "is a session of Fiddler (SAZ): export it as HTTPArchive v1.2 (HAR)"),
    (30, b"[Content_Types].xml", "is an Office document, not a capture"),
    (30, b"mimetypeapplication/", "is an OpenDocument file or an e-book, not a capture"),
    (30, b"har.har", "is a zipped HAR of Playwright; unpack it first"),
    (0, b"PK\x03\x04", "is a ZIP archive; unpack it first"),
    (0, b"PK\x05\x06", "is an empty ZIP archive"),
    (0, b"PK\x07\x08", "is a part of a ZIP archive; unpack it first"),
    (257, b"ustar", "is a tar archive; unpack it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it first"),
    (0, b"Rar!\x1a\x07", "is a RAR archive; unpack it first"),
    (0, b"!<arch>\n", "is an ar archive; unpack it first"),
    (0, b"MSCF", "is a cabinet archive; unpack it first"),
    (0, b"\xfd7zXZ\x00", "is compressed with xz; unpack it first"),
    (0, b"BZh", "is compressed with bzip2; unpack it first"),
    (0, b"\x04\x22\x4d\x18", "is compressed with LZ4; unpack it first"),
    (0, b"\x02\x21\x4c\x18", "is compressed with LZ4; unpack it first"),
    (0, b"LZIP", "is compressed with lzip; unpack it first"),
    (0, b"\x1f\x9d", "is compressed with compress; unpack it first"),
    (0, b"\x5d\x00\x00", "is compressed with LZMA; unpack it first"),
    (0, b"\xff\x06\x00\x00sNaPpY", "is compressed with Snappy; unpack it first"),
    (0, b"\xd4\xc3\xb2\xa1", PACKETS),
    (0, b"\xa1\xb2\xc3\xd4", PACKETS),
    (0, b"\x4d\x3c\xb2\xa1", PACKETS),
    (0, b"\xa1\xb2\x3c\x4d", PACKETS),
    (0, b"\x0a\x0d\x0d\x0a", PACKETS),
    (0, b"snoop\0\0\0", PACKETS),
    (0, b"GMBU", PACKETS),
    (
        0,
        b"\xac\xed\x00\x05",
        "is a Java object stream, such as a session of Charles: export the session as HAR",
    ),
    (0, b"%PDF-", "is a PDF document, not a capture"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Office document, not a capture"),
    (0, b"\x89PNG\r\n\x1a\n", "is a PNG image, not a capture"),
    (0, b"\xff\xd8\xff", "is a JPEG image, not a capture"),
    (0, b"GIF8", "is a GIF image, not a capture"),
    (8, b"WEBP", "is a WebP image, not a capture"),
    (0, b"SQLite format 3\0", "is an SQLite database, not a capture"),
    (0, b"PAR1", "is a Parquet file, not a capture: export its rows as NDJSON"),
    (0, b"ARROW1", "is an Arrow file, not a capture: export its rows as NDJSON"),
    (0, b"Obj\x01", "is an Avro file, not a capture: export its records as NDJSON"),
    (0, b"\x89HDF", "is an HDF5 file, not a capture"),
    (0, b"bplist", "is a binary property list, not a capture"),
    (0, b"\x7fELF", "is a program, not a capture"),
    (0, b"MZ\x90\x00", "is a program, not a capture"),
    (0, b"\xca\xfe\xba\xbe", "is a program, not a capture"),
    (0, b"\xd9\xd9\xf7", "is CBOR, which is not read: convert it to JSON"),
];

const PACKETS: &str = "is a packet capture: export its HTTP exchanges as HAR or as JSON bodies first";

/// What the first bytes identify, if that is nothing to validate.
pub(super) fn of(head: &[u8]) -> Option<&'static str> {
    let is_zip = head.starts_with(b"PK\x03\x04");
    // What is in a ZIP archive is told by the name of its first file, others by their own marks.
    let fits = |(at, mark, _): &&(usize, &[u8], &str)| {
        head.get(*at..).is_some_and(|head| head.starts_with(mark)) && (*at != 30 || is_zip)
    };
    let kind = KINDS.iter().find(fits).map(|(_, _, what)| *what);
    kind.or_else(|| is_zlib(head).then_some("is a zlib stream, such as mitmproxy's .zhar: unpack it first (`pigz -dz`, `zlib-flate -uncompress`)"))
}

/// Whether this is the header of a zlib stream (RFC 1950), as it is found in practice.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    let [method, flags, ..] = head else { return false };
    let checked = (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0;
    // Text may begin with these letters, too.
    checked && method & 0x8f == 8 && flags & 0x20 == 0 && !is_text(head)
}

/// Whether this is text, without control characters.
pub(super) fn is_text(head: &[u8]) -> bool {
    let until = match std::str::from_utf8(head) {
        Ok(_) => head.len(),
        // A character may be cut off behind what is looked at.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return false,
    };
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    !head[..until].iter().any(is_control)
}
