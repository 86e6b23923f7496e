//! Published numbers, one file a source.
#![expect(clippy::excessive_precision, reason = "the digits are those of the sources")]

mod bg_bb;
mod bg_nbd;
mod cdnow;
mod check;
mod cnbd_k;
mod gamma_gamma;
mod holdout;
mod kaplan_meier;
mod mbg_nbd;
mod nbd;
mod pareto_nbd;
mod ratio;
mod shifted_beta_geometric;
