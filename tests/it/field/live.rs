//! Live instances that do not end, answer too much, or are another host.
