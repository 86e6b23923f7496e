//! Loads: a frame or files into a ledger, all of it or nothing.

use std::path::PathBuf;

use arrow_array::RecordBatchReader as _;
use engagement_core as core;
use engagement_core::arrow::{Mapping, push, resolve};
use engagement_core::files::ReadReport;
use engagement_core::{ErrorKind, LoadOptions};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Inner, Ledger};
use crate::convert;
use crate::errors::OrRaise;
use crate::files;
use crate::frames::{Frames, next_batch, slices};
use crate::reconciliation::Reconciliation;
use crate::shared::Shared;

/// Rejected rows that are kept for `rejects`; the rest are only counted.
const KEPT: usize = 100_000;

/// What the arguments of a load say, in the core's words.
pub(super) struct How {
    pub(super) options: LoadOptions,
    mapping: Mapping,
}

impl How {
    pub(super) fn new(
        columns: Option<&Bound<'_, PyDict>>,
        zone: Option<&Bound<'_, PyAny>>,
        currency: Option<&str>,
        lenient: bool,
        kind: Option<&str>,
        kinds: Option<&Bound<'_, PyDict>>,
        vocabulary: Option<&str>,
    ) -> PyResult<How> {
        let pairs = |names: Option<&Bound<'_, PyDict>>| -> PyResult<Vec<(String, String)>> {
            names.into_iter().flatten().map(|(left, right)| Ok((left.extract()?, right.extract()?))).collect()
        };
        let mapping = files::mapping(&pairs(columns)?, kind, vocabulary, &pairs(kinds)?).or_raise()?;
        let options = LoadOptions {
            lenient,
            currency: currency.map(convert::currency).transpose()?,
            zone: zone.map(convert::zone).transpose()?,
            ..LoadOptions::default()
        };
        Ok(How { options, mapping })
    }
}

impl Ledger {
    pub(super) fn take_in(
        &self,
        py: Python<'_>,
        frame: &Bound<'_, PyAny>,
        how: &How,
        source: &str,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Reconciliation> {
        let mut frames = Frames::new(frame)?;
        let mut inner = self.inner.write(py)?;
        let Inner { ledger, rejects, report } = &mut *inner;
        let mut load = ledger.load(how.options.clone()).or_raise()?;
        load.source(source);
        let (mut done, mut total) = (0_u64, Some(0_u64));
        let mut read = ReadReport::default();
        while let Some((mut reader, rows)) = frames.next()? {
            total = total.zip(rows).map(|(total, rows)| total + rows);
            let columns = resolve(&reader.schema(), &how.mapping).or_raise()?;
            read.note(&columns);
            while let Some(batch) = next_batch(py, &mut reader)? {
                for slice in slices(&batch) {
                    py.detach(|| push(&mut load, &slice, &columns, &mut read.kinds)).or_raise()?;
                    done += slice.num_rows() as u64;
                    py.check_signals()?;
                    if let Some(told) = told {
                        told.call1((done, total))?;
                    }
                }
            }
        }
        let loaded = py.detach(|| load.finish()).or_raise()?;
        *report = read;
        keep(rejects, loaded.rejects);
        Ok(Reconciliation::from(&loaded.reconciliation))
    }

    pub(super) fn empty(options: &LoadOptions) -> PyResult<Ledger> {
        let mut ledger = core::Ledger::new();
        if let Some(zone) = &options.zone {
            ledger.set_zone(zone.clone());
        }
        if let Some(currency) = options.currency {
            ledger.set_currency(currency).or_raise()?;
        }
        Ok(Ledger { inner: Shared::new(Inner { ledger, rejects: Vec::new(), report: ReadReport::default() }) })
    }

    pub(super) fn take_files(
        &self,
        py: Python<'_>,
        paths: &[PathBuf],
        how: &How,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Reconciliation> {
        let mut inner = self.inner.write(py)?;
        let Inner { ledger, rejects, report } = &mut *inner;
        let mut raised = None;
        let told = told.map(|told| told.clone().unbind());
        let loaded = py.detach(|| {
            files::load(ledger, paths, how.options.clone(), &how.mapping, &mut |done| {
                let heard = Python::attach(|py| {
                    py.check_signals()?;
                    told.as_ref().map_or(Ok(()), |told| told.call1(py, (done, None::<u64>)).map(|_| ()))
                });
                heard.map_err(|failure| {
                    raised = Some(failure);
                    core::Error::new(ErrorKind::Cancelled, "cancelled")
                })
            })
        });
        if let Some(raised) = raised {
            return Err(raised);
        }
        let (loaded, read) = loaded.map_err(|failure| failure.raise())?;
        *report = read;
        keep(rejects, loaded.rejects);
        Ok(Reconciliation::from(&loaded.reconciliation))
    }
}

fn keep(rejects: &mut Vec<core::Reject>, new: Vec<core::Reject>) {
    let room = KEPT.saturating_sub(rejects.len());
    rejects.extend(new.into_iter().take(room));
}
