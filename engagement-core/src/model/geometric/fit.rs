//! Fitting the models of the family.

use crate::error::{Error, ErrorKind, Result};
use crate::model::fit::{Fit, FitOptions};
use crate::model::likelihood::{RowLikelihood, Weighted};
use crate::model::{PurchaseHistory, PurchaseModel};
use crate::purchases::Purchases;

/// temp
pub(in crate::model) fn fit<M: RowLikelihood<PurchaseHistory> + PurchaseModel>(
    template: &M,
    purchases: &Purchases,
    constant: f64,
    options: &FitOptions,
) -> Result<Fit<M>> {
    let distinct = purchases.distinct();
    let (rows, weights) = (&distinct.histories, &distinct.weights);
    let mean = |of: fn(&PurchaseHistory) -> f64| rows.iter().zip(weights).map(|(row, weight)| of(row) * weight).sum::<f64>();
    let (bought, observed) = (mean(|row| f64::from(row.frequency())), mean(PurchaseHistory::age));
    let failed = |message: &str| Err(Error::new(ErrorKind::FitFailed, message));
    if bought == 0.0 {
        return failed("nobody bought again, so the rate of buying is not bounded below; observe for longer");
    }
    if rows.len() < 2 {
        return failed("all customers have the same frequency, recency and age: there is no spread to fit");
    }
    let start = |r: f64, faster: f64, a: f64, b: f64| vec![r, r * observed / (bought * faster), a, b];
    let starts = vec![start(0.5, 2.0, 1.0, 2.0), start(1.5, 1.2, 0.5, 5.0)];
    let largest = rows.iter().map(PurchaseHistory::frequency).max().unwrap_or(0);
    let starts: Vec<Vec<f64>> = starts.into_iter().map(|start| start[..M::PARAMETERS.len()].to_vec()).collect();
    Weighted { rows, weights, largest }.fit(template, &starts, constant, options)
}

macro_rules! plain {
    ($m:ident ( $($v:expr),* )) => {
        impl crate::model::$m {
            /// temp
            pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<crate::model::$m>> {
                fit(&crate::model::$m::new($($v),*)?, purchases, 0.0, options)
            }
        }
    };
}
plain!(Nbd(1.0, 1.0));
plain!(BgNbd(1.0, 1.0, 1.0, 1.0));
plain!(MbgNbd(1.0, 1.0, 1.0, 1.0));
macro_rules! phased {
    ($m:ident) => {
        impl crate::model::$m {
            /// temp
            pub fn fit(purchases: &Purchases, k: Option<u32>, options: &FitOptions) -> Result<Fit<crate::model::$m>> {
                fit(&crate::model::$m::new(k.unwrap_or(2), 1.0, 1.0, 1.0, 1.0)?, purchases, 0.0, options)
            }
        }
    };
}
phased!(BgCnbdK);
phased!(MbgCnbdK);
