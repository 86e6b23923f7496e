//! `Rulebook`.

use std::path::PathBuf;

use engagement_core as core;
use engagement_core::value::Forecast;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::errors::{OrRaise, error, invalid, os_error, wrong_type};
use crate::ledger::Ledger;
use crate::model::{GammaGamma, PurchaseModel};
use crate::purchases;

/// What counts, how much, and how it fades.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Rulebook {
    pub(crate) document: core::Rulebook,
    pub(crate) rules: core::Rules,
}

impl Rulebook {
    pub(crate) fn new(document: core::Rulebook) -> PyResult<Rulebook> {
        let rules = document.compile().or_raise()?;
        Ok(Rulebook { document, rules })
    }
}

/// A rulebook from TOML, or from JSON where the text starts with a brace.
pub(crate) fn parse(text: &str) -> core::Result<core::Rulebook> {
    if text.trim_start().starts_with('{') { core::Rulebook::from_json(text) } else { core::Rulebook::from_toml(text) }
}

#[pymethods]
impl Rulebook {
    /// The standard rulebook, which needs no configuration.
    #[staticmethod]
    fn standard() -> PyResult<Rulebook> {
        Rulebook::new(core::Rulebook::standard())
    }

    /// The standard rules with the scale set so that the median customer of this ledger scores 50.
    #[staticmethod]
    #[pyo3(signature = (ledger, *, as_of=None))]
    fn calibrated(py: Python<'_>, ledger: &Bound<'_, Ledger>, as_of: Option<&Bound<'_, PyAny>>) -> PyResult<Rulebook> {
        let ledger = ledger.get();
        let as_of = ledger.as_of(py, as_of)?;
        ledger.work(py, |ledger| core::Rulebook::calibrated(ledger, as_of)).and_then(Rulebook::new)
    }

    /// Reads a rulebook file, TOML or JSON.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Rulebook> {
        let text = std::fs::read_to_string(&path).map_err(|failure| os_error(&failure, &path))?;
        parse(&text).map_err(|e| e.at(path.display())).or_raise().and_then(Rulebook::new)
    }

    /// Reads a rulebook from text, TOML or JSON.
    #[staticmethod]
    fn loads(text: &str) -> PyResult<Rulebook> {
        parse(text).or_raise().and_then(Rulebook::new)
    }

    /// Writes the rulebook to a file: JSON where its name ends in .json, else TOML.
    fn dump(&self, path: PathBuf) -> PyResult<()> {
        let json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let text = if json { self.document.to_json() } else { self.document.to_toml() }.or_raise()?;
        crate::output::write_text(&text, &path).map_err(|failure| failure.raise(&path))
    }

    /// The rulebook as text, "toml" or "json".
    #[pyo3(signature = (format="toml"))]
    fn dumps(&self, format: &str) -> PyResult<String> {
        match format {
            "toml" => self.document.to_toml().or_raise(),
            "json" => self.document.to_json().or_raise(),
            other => Err(invalid(format!("format is {other:?}: \"toml\" or \"json\" is expected"))),
        }
    }

    /// This rulebook with fitted models, so that scores carry what customers will do and what they are worth by way.
    #[pyo3(signature = (model, *, spend=None, unit="week", grain="day", horizon=Some(52.0), discount_rate=0.1, margin=1.0, base_value=None, referral_share=1.0, referral_window=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn with_forecast(
        &self,
        model: &Bound<'_, PurchaseModel>,
        spend: Option<&Bound<'_, GammaGamma>>,
        unit: &str,
        grain: &str,
        horizon: Option<f64>,
        discount_rate: f64,
        margin: f64,
        base_value: Option<f64>,
        referral_share: f64,
        referral_window: Option<f64>,
    ) -> PyResult<Rulebook> {
        let forecast = Forecast {
            unit: purchases::unit(unit)?,
            grain: purchases::unit(grain)?,
            horizon,
            discount_rate,
            margin,
            base_value,
            referral_share,
            referral_window,
            purchases: model.get().model,
            spend: spend.map(|spend| spend.get().model),
        };
        Rulebook::new(core::Rulebook { forecast: Some(forecast), ..self.document.clone() })
    }

    /// The forecast as a dictionary, as it is in the file; `None` without one.
    #[getter]
    fn forecast<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(forecast) = &self.document.forecast else { return Ok(None) };
        let text = serde_json::to_string(forecast).map_err(|e| invalid(e.to_string()))?;
        py.import("json")?.call_method1("loads", (text,)).map(Some)
    }

    /// What a reader should know: how it was calibrated, and what it leaves out.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.document.notes().to_vec()
    }

    /// What it is called.
    #[getter]
    fn name(&self) -> &str {
        &self.document.name
    }

    /// The names of the rules, in the document's order.
    #[getter]
    fn rules(&self) -> Vec<String> {
        self.rules.names().map(str::to_owned).collect()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Rulebook>().is_ok_and(|other| other.get().document == self.document)
    }

    fn __repr__(&self) -> String {
        format!("Rulebook({:?}, {} rules: {})", self.document.name, self.document.rules.len(), self.rules().join(", "))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let class = PyType::new::<Rulebook>(py);
        Ok((class.getattr("_from_bytes")?, PyTuple::new(py, [PyBytes::new(py, &self.pickled()?)])?))
    }

    /// Reads the bytes of a pickle: one byte of version, then TOML.
    #[staticmethod]
    fn _from_bytes(bytes: &Bound<'_, PyAny>) -> PyResult<Rulebook> {
        let bytes = bytes.cast::<PyBytes>().map_err(|_| wrong_type("a pickled rulebook is bytes", bytes))?;
        match bytes.as_bytes() {
            [PICKLE, text @ ..] => {
                let text = std::str::from_utf8(text)
                    .map_err(|_| error(core::ErrorKind::CorruptData, "the pickled rulebook is damaged"))?;
                Rulebook::loads(text)
            }
            [version, ..] => Err(error(
                core::ErrorKind::UnsupportedVersion,
                format!("this rulebook was pickled in format {version}; this version of engagement reads format {PICKLE}"),
            )),
            [] => Err(error(core::ErrorKind::CorruptData, "the pickled rulebook is empty")),
        }
    }
}

/// The version of the pickled bytes.
const PICKLE: u8 = 1;

impl Rulebook {
    fn pickled(&self) -> PyResult<Vec<u8>> {
        let mut bytes = vec![PICKLE];
        bytes.extend_from_slice(self.document.to_toml().or_raise()?.as_bytes());
        Ok(bytes)
    }
}
