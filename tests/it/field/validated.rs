//! Validated is not the same as received; the same verdict in any size.
