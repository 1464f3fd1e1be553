//! Objects, roots, collection.
