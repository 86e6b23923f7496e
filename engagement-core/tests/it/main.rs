//! What the library promises its callers, through its public items only: one program, so that it is linked once.

#[cfg(feature = "arrow")]
mod arrow;
mod common;
mod documents;
#[cfg(feature = "files")]
mod files;
mod large;
#[cfg(feature = "posterior")]
mod posterior;
mod predictions;
mod properties;
mod purchases;
mod readme;
#[cfg(feature = "report")]
mod report;
mod rulebook;
mod segment;
mod simulate;
mod stay;
mod validate;
mod value;
