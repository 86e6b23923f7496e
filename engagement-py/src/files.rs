//! Log files: opened here, told apart by what is in them, read by the core.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use engagement_core::arrow::Mapping;
use engagement_core::files::{ReadReport, read_csv, read_parquet};
use engagement_core::{Error, Ledger, Load, LoadOptions, Loaded};
use pyo3::PyErr;

/// The path that means standard input.
pub(crate) const STDIN: &str = "-";

/// Why files could not be loaded.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The system refused a file.
    File(PathBuf, io::Error),
    /// The content was refused.
    Core(Error),
}

impl Failed {
    pub(crate) fn raise(&self) -> PyErr {
        match self {
            Failed::File(path, error) => crate::errors::os_error(error, path),
            Failed::Core(error) => crate::errors::raise(error),
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed::Core(error)
    }
}

/// Hears how many rows were read and may stop the load.
pub(crate) type Told<'a> = dyn FnMut(u64) -> engagement_core::Result<()> + 'a;

/// What the user says of the columns and kinds.
pub(crate) fn mapping(
    columns: &[(String, String)],
    kind: Option<&str>,
    vocabulary: Option<&str>,
    kinds: &[(String, String)],
) -> engagement_core::Result<Mapping> {
    let mut mapping =
        Mapping { columns: columns.to_vec(), kind: kind.map(str::to_owned), kinds: kinds.to_vec(), ..Mapping::new() };
    if let Some(name) = vocabulary {
        mapping.vocabulary = name.parse()?;
    }
    Ok(mapping)
}

/// Loads files in one load, all of them or nothing.
pub(crate) fn load(
    ledger: &mut Ledger,
    paths: &[PathBuf],
    options: LoadOptions,
    mapping: &Mapping,
    told: &mut Told<'_>,
) -> Result<(Loaded, ReadReport), Failed> {
    let mut load = ledger.load(options)?;
    let mut report = ReadReport::default();
    let mut before = 0;
    for path in paths {
        load.source(&path.display().to_string());
        // A file counts its own rows; the listener hears of all.
        one(&mut load, path, mapping, &mut report, &mut |rows| told(before + rows))?;
        before = load.rows();
    }
    Ok((load.finish()?, report))
}

fn one(load: &mut Load<'_>, path: &Path, mapping: &Mapping, report: &mut ReadReport, told: &mut Told<'_>) -> Result<(), Failed> {
    let failed = |error| Failed::File(path.to_owned(), error);
    if path == Path::new(STDIN) {
        return Ok(read_csv(load, io::stdin().lock(), mapping, report, told).map_err(|error| error.at("standard input"))?);
    }
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let read = if metadata.is_file() && is_parquet(&mut file).map_err(failed)? {
        read_parquet(load, file, mapping, report, told)
    } else {
        read_csv(load, file, mapping, report, told)
    };
    Ok(read.map_err(|error| if error.rejects().is_empty() { error.at(path.display()) } else { error })?)
}

/// Whether a file begins as Parquet does; it is left at its beginning.
fn is_parquet(file: &mut File) -> io::Result<bool> {
    let mut magic = Vec::new();
    file.by_ref().take(4).read_to_end(&mut magic)?;
    file.rewind()?;
    Ok(magic == b"PAR1")
}
