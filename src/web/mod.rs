//! Thin bindings for the browser.
