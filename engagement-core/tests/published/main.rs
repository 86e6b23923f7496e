//! Published numbers, one file a source.

mod cdnow;
mod ratio;
