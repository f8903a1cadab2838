//! No finding is lost: limits, duplicate keys, precedence, both engines.
