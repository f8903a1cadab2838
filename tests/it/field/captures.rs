//! HTTP dumps and other recorded containers.
