//! `--name value` arguments for the two programs of this crate.

use std::collections::BTreeMap;
use std::error::Error;
use std::str::FromStr;

/// Arguments by name.
#[derive(Debug)]
pub struct Arguments {
    values: BTreeMap<String, String>,
}

impl Arguments {
    /// Reads this program's arguments, of which only those in `known` exist.
    ///
    /// # Errors
    /// If an argument is unknown, given twice, or without a value.
    pub fn read(known: &[&str]) -> Result<Arguments, Box<dyn Error>> {
        let mut values = BTreeMap::new();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let name = argument.strip_prefix("--").filter(|name| known.contains(name));
            let name = name.ok_or_else(|| format!("unknown argument {argument}; there are --{}", known.join(", --")))?;
            let value = arguments.next().ok_or_else(|| format!("--{name} needs a value"))?;
            if values.insert(name.to_owned(), value).is_some() {
                return Err(format!("--{name} is given twice").into());
            }
        }
        Ok(Arguments { values })
    }

    /// The value of `name`, if it is given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of `name`, or what stands for it.
    ///
    /// # Errors
    /// If it does not read as a `T`.
    pub fn get<T: FromStr>(&self, name: &str, otherwise: T) -> Result<T, Box<dyn Error>> {
        self.text(name).map_or(Ok(otherwise), |text| {
            text.replace('_', "").parse().map_err(|_| format!("--{name} {text} is not a number").into())
        })
    }
}
