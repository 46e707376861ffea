//! The welfare hub.
