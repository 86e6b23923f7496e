//! Published numbers, one file a source.

mod bg_bb;
mod cdnow;
mod gamma_gamma;
mod holdout;
mod kaplan_meier;
mod pareto_nbd;
mod ratio;
mod shifted_beta_geometric;
