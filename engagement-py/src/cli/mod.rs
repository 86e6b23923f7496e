//! The command line.

mod arguments;
mod check;
mod demo;
mod explain;
mod fit;
mod log;
mod people;
mod ratio;
mod report;
mod rules;
mod score;
mod shop;
mod show;
mod trouble;
mod validate;

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use clap::Parser;
use pyo3::prelude::*;

use arguments::{Arguments, Command};
use trouble::Trouble;

/// How often Ctrl-C is looked for.
const TICK: Duration = Duration::from_millis(30);

/// Runs a command line on a thread of its own and returns its exit code: 0 for success, 1 for trouble with the data, 2 for trouble
/// with the arguments. Ctrl-C is raised as `KeyboardInterrupt` at once, whatever the command is doing.
pub(crate) fn main(py: Python<'_>, arguments: Vec<String>, cdnow: PathBuf) -> PyResult<i32> {
    let (tell, told) = channel();
    let worker = std::thread::Builder::new().name("engagement".to_owned()).stack_size(8 << 20);
    let worker = worker.spawn(move || {
        let code = run(&arguments, &cdnow);
        // Nobody listens any more after Ctrl-C.
        let _ = tell.send(code);
    })?;
    let told = std::sync::Mutex::new(told);
    loop {
        let news = py.detach(|| match told.lock() {
            Ok(told) => told.recv_timeout(TICK),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        });
        match news {
            Ok(code) => return Ok(code),
            Err(RecvTimeoutError::Timeout) => py.check_signals().inspect_err(|_| crate::output::remove_parts())?,
            // A panic has said its message already.
            Err(RecvTimeoutError::Disconnected) => return py.detach(|| worker.join()).map_or(Ok(1), |()| Ok(1)),
        }
    }
}

fn run(arguments: &[String], cdnow: &std::path::Path) -> i32 {
    let command = arguments.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(usage) => {
            // A closed terminal cannot be told anything.
            let _ = usage.print();
            return usage.exit_code();
        }
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let result = match &arguments.command {
        Command::Score(arguments) => score::run(arguments, &mut out),
        Command::Explain(arguments) => explain::run(arguments, &mut out),
        Command::Ratio(arguments) => ratio::run(arguments, &mut out),
        Command::Check(arguments) => check::run(arguments, &mut out),
        Command::Report(arguments) => report::run(arguments, &command, &mut out),
        Command::Rules(arguments) => rules::run(arguments, &mut out),
        Command::Fit(arguments) => fit::run(arguments, &mut out),
        Command::Choose(arguments) => validate::choose(arguments, &mut out),
        Command::Validate(arguments) => validate::validate(arguments, &mut out),
        Command::Demo(arguments) => demo::run(arguments, cdnow, &mut out),
    };
    match result.and_then(|()| Ok(out.flush()?)) {
        Ok(()) | Err(Trouble::Pipe) => 0,
        Err(trouble) => {
            let _ = out.flush();
            trouble.tell();
            trouble.code()
        }
    }
}

/// A word as a shell wants it.
fn quoted(word: &str) -> std::borrow::Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")).into() }
}
