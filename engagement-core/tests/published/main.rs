//! Published numbers, one file a source.

mod cdnow;
mod gamma_gamma;
mod kaplan_meier;
mod ratio;
mod shifted_beta_geometric;
