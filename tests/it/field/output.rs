//! Escaping, overwriting, permissions and signals.
