//! What went wrong, for a person at a terminal.

use std::io;
use std::path::{Path, PathBuf};

use engagement_core::{Error, ErrorKind};

use crate::output::Failure;

/// Why a command stopped.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The arguments are wrong.
    Usage(String),
    /// The data are wrong, or do not fit the arguments.
    Data(Error),
    /// A file cannot be read or written.
    File(PathBuf, String),
    /// The rows are bad; what they are was printed.
    Rejected(u64),
    /// Whoever read the output went away; that is their right.
    Pipe,
}

impl Trouble {
    pub(super) fn io(path: &Path, error: &io::Error) -> Trouble {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or(&text);
        Trouble::File(path.to_owned(), text.to_owned())
    }

    pub(super) fn written(path: &Path, failure: Failure) -> Trouble {
        match failure {
            Failure::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => Trouble::Pipe,
            Failure::Io(error) => Trouble::io(path, &error),
            Failure::Ending(text) => Trouble::Usage(text),
            Failure::Format(text) => Trouble::File(path.to_owned(), text),
        }
    }

    pub(super) fn code(&self) -> i32 {
        match self {
            Trouble::Usage(_) => 2,
            Trouble::Data(_) | Trouble::File(..) | Trouble::Rejected(_) => 1,
            Trouble::Pipe => 0,
        }
    }

    /// Says it on standard error, with a hint where there is one.
    pub(super) fn tell(&self) {
        let message = match self {
            Trouble::Usage(text) => text.clone(),
            Trouble::Data(error) => error.to_string(),
            Trouble::File(path, text) => format!("{}: {text}", path.display()),
            Trouble::Rejected(rows) => format!("{} rows cannot be read as they are", crate::score::thousands(*rows)),
            Trouble::Pipe => return,
        };
        eprintln!("error: {message}");
        if let Some(hint) = self.hint() {
            eprintln!("hint: {hint}");
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Trouble::Rejected(_) => Some("--lenient takes the good rows and counts the others"),
            Trouble::Data(error) if !error.rejects().is_empty() => {
                Some("`engagement check` lists what is wrong; --lenient takes the good rows and counts the others")
            }
            Trouble::Data(error) => match error.kind() {
                ErrorKind::MissingField => {
                    Some("say which column it is with --column ours=theirs, e.g. --column customer_id=CustomerNo")
                }
                ErrorKind::UnknownCustomer => Some("customer keys are compared letter by letter: 00042 is not 42"),
                ErrorKind::InvalidRulebook => Some("`engagement rules` prints the standard rulebook to start from"),
                ErrorKind::CurrencyMismatch => Some("score each currency on its own, or convert the amounts first"),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Data(error)
    }
}

/// Standard output failed; files have paths and say so themselves.
impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        if error.kind() == io::ErrorKind::BrokenPipe { Trouble::Pipe } else { Trouble::io(Path::new("standard output"), &error) }
    }
}
