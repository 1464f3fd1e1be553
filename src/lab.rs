//! Composes coordinator, machine, operations and records into one laboratory.
