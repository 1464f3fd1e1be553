//! Cooperative stop-the-world pauses.
