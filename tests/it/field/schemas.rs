//! Alternatives, formats, patterns and references in schemas that payloads are validated against.
