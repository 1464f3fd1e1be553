//! Histograms and their summaries.
