//! Tables into files: Parquet, CSV or an Arrow file, by the ending of the name. A file appears whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow_array::RecordBatch;
use engagement_core::files::{write_arrow, write_csv, write_parquet};
use pyo3::PyErr;

/// Why a table could not be written.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The name ends in nothing known.
    Ending(String),
    /// The system refused.
    Io(std::io::Error),
    /// The format refused.
    Format(String),
}

impl Failure {
    pub(crate) fn raise(&self, path: &Path) -> PyErr {
        match self {
            Failure::Io(error) => crate::errors::os_error(error, path),
            Failure::Ending(text) | Failure::Format(text) => crate::errors::invalid(text.clone()),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Io(error) => error.fmt(f),
            Failure::Ending(text) | Failure::Format(text) => f.write_str(text),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl From<engagement_core::Error> for Failure {
    fn from(error: engagement_core::Error) -> Failure {
        Failure::Format(error.to_string())
    }
}

/// A file format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Parquet,
    Csv,
    Arrow,
}

impl Format {
    /// The format a file name asks for.
    pub(crate) fn of(path: &Path) -> Result<Format, Failure> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("parquet" | "pq") => Ok(Format::Parquet),
            Some("csv") => Ok(Format::Csv),
            Some("arrow" | "ipc" | "feather") => Ok(Format::Arrow),
            _ => Err(Failure::Ending(format!(
                "cannot tell the format of {}: its name must end in .parquet, .csv or .arrow",
                path.display()
            ))),
        }
    }
}

/// Writes a table to a path.
pub(crate) fn write(batch: &RecordBatch, path: &Path) -> Result<(), Failure> {
    let format = Format::of(path)?;
    whole(path, |file| encode(batch, format, file))
}

/// Writes bytes to a path.
pub(crate) fn write_text(text: &str, path: &Path) -> Result<(), Failure> {
    whole(path, |file| Ok(file.write_all(text.as_bytes())?))
}

/// Writes a table in a format.
pub(crate) fn encode(batch: &RecordBatch, format: Format, to: &mut (dyn Write + Send)) -> Result<(), Failure> {
    match format {
        Format::Csv => write_csv(batch, to)?,
        Format::Arrow => write_arrow(batch, to)?,
        Format::Parquet => write_parquet(batch, to)?,
    }
    Ok(())
}

/// Writes beside the target and renames at the end, so that nobody reads half a file; whatever stops it, the part is removed.
fn whole(path: &Path, fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Failure>) -> Result<(), Failure> {
    // A device or a pipe (/dev/stdout) is written as it stands.
    if path.exists() && !path.is_file() {
        let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
        return fill(&mut file);
    }
    let part = Part::beside(path);
    let mut file = BufWriter::new(File::create(&part.0)?);
    fill(&mut file)?;
    file.flush()?;
    drop(file);
    std::fs::rename(&part.0, path)?;
    Ok(())
}

/// The unfinished files of this process, so that an exit at once can take them along.
static PARTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes every unfinished file.
pub(crate) fn remove_parts() {
    for part in PARTS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        // Gone already is as good.
        let _ = std::fs::remove_file(part);
    }
}

struct Part(PathBuf);

impl Part {
    fn beside(path: &Path) -> Part {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        PARTS.lock().unwrap_or_else(PoisonError::into_inner).push(part.clone());
        Part(part)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        PARTS.lock().unwrap_or_else(PoisonError::into_inner).retain(|part| *part != self.0);
        // After the rename there is nothing left to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}
