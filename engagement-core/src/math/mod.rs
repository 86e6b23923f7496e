//! Special functions of the models, the same bits on every platform.
//!
//! From the `libm` crate: the elementary functions and ln Γ (worst error 2e−16 of its value). The platform's own `f64::ln` and
//! `f64::exp` differ in the last bits from one system to the next, and so are used nowhere.
//!
//! Ours, because no crate keeps the digits over parameters from 1e−6 to 1e6 (ln B of a small and a large argument loses up to half
//! of them everywhere):
//! * [`ln_rising`], [`digamma_rise`], [`trigamma_fall`] and [`ln_beta_ratio`]: differences of ln Γ and its derivatives, written out
//!   as differences in Stirling's formula; [`Rising`] and [`Falling`] are tables of them for whole numbers.
//! * [`ln_beta`], [`digamma`], [`trigamma`], [`gamma_inc`], [`NegativeBinomial`]: both tails relative to their value.
//! * [`mean_power`], [`f21_1`], [`beta_expectation`]: positive integrals, by a short series or a fraction where there is one
//!   and otherwise by the trapezoidal rule on the line (`quadrature.rs` says why that one).
//! * [`minus_ln_1p`], [`exp_m1_minus`]: small differences; [`Sum`]: a sum that keeps its digits.
//!
//! Arguments are in the domain that a function states: the models check it once. Outside it a result may be NaN, never a panic and
//! never an endless loop. `tests/oracle` has tables of high-precision values, the script that makes them, and the error
//! permitted to each function, which may only shrink.

mod beta;
mod beta_inc;
mod blocks;
mod elementary;
mod expectation;
mod gamma;
mod gamma_inc;
mod hypergeometric;
pub(crate) mod minimise;
mod negative_binomial;
#[cfg(test)]
pub(crate) mod oracle;
mod quadrature;
mod random;
mod rising;
mod sum;
mod symmetric;

pub(crate) use beta::{ln_beta, ln_beta_ratio};
pub(crate) use blocks::{exp_of_block, ln_1p_of_block, ln_of_block};
pub(crate) use elementary::{exp, exp_m1, exp_m1_minus, ln, ln_1p, log_sum_exp, minus_ln_1p, pow, sqrt};
pub(crate) use expectation::{BetaPoint, beta_expectation};
pub(crate) use gamma::{digamma, ln_gamma, trigamma};
pub(crate) use gamma_inc::gamma_inc;
pub(crate) use hypergeometric::{f21_1, mean_power};
pub(crate) use negative_binomial::NegativeBinomial;
pub(crate) use rising::{Falling, Rising, digamma_rise, ln_rising, trigamma_fall};
pub(crate) use sum::Sum;

pub use random::Random;
