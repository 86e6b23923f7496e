//! The models of the family: each is its parameters and answers by its [`Geometric`].

use super::{Geometric, Standing};
use crate::error::{Error, ErrorKind, Result};
use crate::model::history::PurchaseHistory;
use crate::model::parameters::time;

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// Checks a time that has to be finite.
pub(in crate::model) fn finite_time(name: &str, value: f64) -> Result<f64> {
    if time(name, value)? < f64::INFINITY {
        return Ok(value);
    }
    invalid(format!("{name}: {value} is not a finite number of time units"))
}

/// Checks a horizon and a rate of discount.
pub(in crate::model) fn discount(t: f64, delta: f64) -> Result<()> {
    let t = time("t", t)?;
    if !(delta >= 0.0 && delta.is_finite()) {
        return invalid(format!("delta: {delta} is not a finite rate of at least 0"));
    }
    if delta == 0.0 && t == f64::INFINITY {
        return invalid("delta: 0 is not a positive rate, which an infinite horizon needs".to_owned());
    }
    Ok(())
}

impl Geometric {
    pub(in crate::model) fn probability_stays(&self, customer: &PurchaseHistory, later: f64) -> Result<f64> {
        Ok(self.ahead(customer).stays(time("later", later)?))
    }

    pub(in crate::model) fn expected_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64) -> Result<f64> {
        if time("t", t)? == f64::INFINITY && self.a <= 1.0 {
            return invalid(format!(
                "t: the mean number of purchases in infinite time is infinite for a = {}, at most 1",
                self.a
            ));
        }
        Ok(self.ahead(customer).purchases(t))
    }

    pub(in crate::model) fn probability_of_purchases(&self, customer: &PurchaseHistory, n: u64, t: f64) -> Result<f64> {
        let t = finite_time("t", t)?;
        let Standing { alive, gone } = self.standing(customer);
        let none = if n == 0 { gone } else { 0.0 };
        Ok((alive * self.ahead(customer).probability(n, t) + none).min(1.0))
    }

    pub(in crate::model) fn discounted_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64, delta: f64) -> Result<f64> {
        discount(t, delta)?;
        Ok(self.ahead(customer).discounted(t, delta))
    }
}

/// Implements what a model of the family answers. The model has a method `family` that gives its [`Geometric`].
macro_rules! answers {
    ($model:ident) => {
        impl $crate::model::likelihood::RowLikelihood<$crate::model::PurchaseHistory> for $model {
            type Table = $crate::model::geometric::Table;

            fn table(&self, largest: u32) -> Self::Table {
                self.family().table(largest)
            }

            fn row(&self, table: &Self::Table, row: &$crate::model::PurchaseHistory, gradient: &mut [f64]) -> f64 {
                self.family().row(table, row, gradient)
            }

            fn rows<const N: usize>(
                &self,
                table: &Self::Table,
                rows: &[$crate::model::PurchaseHistory; N],
                block: &mut $crate::model::likelihood::Block<N>,
            ) {
                self.family().rows(table, rows, block);
            }

            fn curved(&self, largest: u32) -> Option<impl $crate::model::likelihood::Terms<$crate::model::PurchaseHistory>> {
                self.family().curved(largest)
            }
        }

        impl $crate::model::PurchaseModel for $model {
            fn log_likelihood(&self, customer: &$crate::model::PurchaseHistory) -> f64 {
                let family = self.family();
                family.row(&family.table(0), customer, &mut [])
            }

            fn probability_alive(&self, customer: &$crate::model::PurchaseHistory) -> f64 {
                self.family().standing(customer).alive
            }

            fn forgets_recency(&self) -> bool {
                self.family().k == 1
            }

            fn probability_stays(&self, customer: &$crate::model::PurchaseHistory, later: f64) -> $crate::Result<f64> {
                self.family().probability_stays(customer, later)
            }

            fn expected_purchases_if_alive(&self, customer: &$crate::model::PurchaseHistory, t: f64) -> $crate::Result<f64> {
                self.family().expected_purchases_if_alive(customer, t)
            }

            fn probability_of_purchases(&self, customer: &$crate::model::PurchaseHistory, n: u64, t: f64) -> $crate::Result<f64> {
                self.family().probability_of_purchases(customer, n, t)
            }

            fn discounted_purchases_if_alive(
                &self,
                customer: &$crate::model::PurchaseHistory,
                t: f64,
                delta: f64,
            ) -> $crate::Result<f64> {
                self.family().discounted_purchases_if_alive(customer, t, delta)
            }

            fn simulate(&self, random: &mut $crate::math::Random, t: f64, times: &mut Vec<f64>) {
                self.family().simulate(random, t, times);
            }
        }
    };
}
pub(in crate::model) use answers;

/// Declares a model of the family whose gaps have several phases: [`Parameters`](crate::model::Parameters) and a fixed `k`.
macro_rules! phased {
    ($(#[$doc:meta])* $model:ident = $name:literal, first: $first:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "document::Document")]
        pub struct $model {
            k: u32,
            r: f64,
            alpha: f64,
            a: f64,
            b: f64,
        }

        impl $model {
            /// The model with these parameters.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if `k` is not in 1..=12, or naming the parameter
            /// that is not a positive finite number.
            pub fn new(k: u32, r: f64, alpha: f64, a: f64, b: f64) -> $crate::Result<$model> {
                $crate::model::geometric::check_phases(k)?;
                let r = $crate::model::parameters::positive("r", r)?;
                let alpha = $crate::model::parameters::positive("alpha", alpha)?;
                let a = $crate::model::parameters::positive("a", a)?;
                let b = $crate::model::parameters::positive("b", b)?;
                Ok($model { k, r, alpha, a, b })
            }

            /// Phases of a gap between purchases, 1 to 12: the regularity of buying, which is not fitted but chosen.
            #[must_use]
            pub const fn k(&self) -> u32 {
                self.k
            }

            /// Shape of the gamma distribution of the rate of phases.
            #[must_use]
            pub const fn r(&self) -> f64 {
                self.r
            }

            /// Scale of the gamma distribution of the rate of phases, in time units.
            #[must_use]
            pub const fn alpha(&self) -> f64 {
                self.alpha
            }

            /// First parameter of the beta distribution of the chance of leaving.
            #[must_use]
            pub const fn a(&self) -> f64 {
                self.a
            }

            /// Second parameter of the beta distribution of the chance of leaving.
            #[must_use]
            pub const fn b(&self) -> f64 {
                self.b
            }

            /// The model of maximum likelihood: with gaps of `k` phases, or with the number of phases from 1 to 12 that makes the
            /// purchases likeliest.
            ///
            /// # Errors
            /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the data holds too little, or the search did not converge.
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): `k` is not in 1..=12, or the purchases do not
            /// have the sums of ln Δt.
            pub fn fit(
                purchases: &$crate::purchases::Purchases,
                k: Option<u32>,
                options: &$crate::model::FitOptions,
            ) -> $crate::Result<$crate::model::Fit<$model>> {
                let fit = |k| {
                    let template = $model::new(k, 1.0, 1.0, 1.0, 1.0)?;
                    $crate::model::geometric::fit(&template, k, purchases, options)
                };
                k.map_or_else(|| $crate::model::geometric::best(fit), fit)
            }

            const fn family(&self) -> $crate::model::geometric::Geometric {
                let $model { k, r, alpha, a, b } = *self;
                $crate::model::geometric::Geometric { r, alpha, a, b, k, first: $first }
            }
        }

        impl $crate::model::Parameters for $model {
            const NAME: &'static str = $name;
            const PARAMETERS: &'static [&'static str] = &["r", "alpha", "a", "b"];

            fn values(&self) -> Vec<f64> {
                vec![self.r, self.alpha, self.a, self.b]
            }

            fn with_values(&self, values: &[f64]) -> $crate::Result<$model> {
                let &[r, alpha, a, b] = values else {
                    return Err($crate::Error::new(
                        $crate::ErrorKind::InvalidArgument,
                        format!("{} values for the parameters r, alpha, a, b of {}", values.len(), $name),
                    ));
                };
                $model::new(self.k, r, alpha, a, b)
            }
        }

        $crate::model::geometric::answers!($model);

        mod document {
            /// The parameters as a file holds them, not checked yet.
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct Document {
                k: u32,
                r: f64,
                alpha: f64,
                a: f64,
                b: f64,
            }

            impl TryFrom<Document> for super::$model {
                type Error = $crate::Error;

                fn try_from(Document { k, r, alpha, a, b }: Document) -> $crate::Result<super::$model> {
                    super::$model::new(k, r, alpha, a, b)
                }
            }
        }
    };
}
pub(in crate::model) use phased;

/// Checks the phases of a gap.
pub(in crate::model) fn check_phases(k: u32) -> Result<u32> {
    if (1..=super::MOST_PHASES).contains(&k) {
        return Ok(k);
    }
    invalid(format!("k: {k} is not in 1..={}", super::MOST_PHASES))
}
