//! From the bytes of a file to the bytes of its text: gzip, byte-order marks, and a guard against endless records.

use std::cell::Cell;
use std::io::{BufReader, Cursor, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, ErrorKind, Result};

/// How much of a file is looked at before it is read.
const HEAD: u64 = 65_536;

/// The longest record, in bytes. Nothing a log holds is longer; a quote that is never closed is.
const LONGEST_RECORD: u64 = 16 << 20;

/// Formats that are no text, by their first bytes, and what to say of them.
const OTHERS: [(&[u8], &str); 7] = [
    (b"PAR1", "this is a Parquet file, not CSV"),
    (b"ARROW1", "this is an Arrow file, not CSV"),
    (b"PK\x03\x04", "this is a zip archive, perhaps an Excel workbook: save it as CSV first"),
    (b"\x28\xb5\x2f\xfd", "this is compressed with zstd: only plain and gzip CSV is read"),
    (b"BZh", "this is compressed with bzip2: only plain and gzip CSV is read"),
    (b"\xff\xfe", "this is UTF-16: save it as UTF-8 first"),
    (b"\xfe\xff", "this is UTF-16: save it as UTF-8 first"),
];

/// The text of a file, its beginning known.
pub(super) struct Input<R> {
    /// The beginning, without a byte-order mark.
    pub(super) head: Vec<u8>,
    /// All of it, the beginning included.
    pub(super) text: Guarded<R>,
    /// Bytes handed out since the last record; to be set to 0 after each.
    pub(super) since: Rc<Cell<u64>>,
    /// The last byte that was handed out and ends no line.
    pub(super) last: Rc<Cell<u8>>,
}

/// Opens a file that may be compressed.
pub(super) fn open<'a>(reader: impl Read + 'a) -> Result<Input<Box<dyn Read + 'a>>> {
    let (head, all) = begin(reader)?;
    if !head.starts_with(b"\x1f\x8b") {
        return text(head, Box::new(all));
    }
    let (head, all) = begin(MultiGzDecoder::new(BufReader::with_capacity(HEAD as usize, all)))?;
    text(head, Box::new(all))
}

/// The first bytes, and a reader of all.
fn begin<'a, R: Read + 'a>(mut reader: R) -> Result<(Vec<u8>, impl Read + 'a)> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
    Ok((head.clone(), Cursor::new(head).chain(reader)))
}

fn text<'a>(mut head: Vec<u8>, mut all: Box<dyn Read + 'a>) -> Result<Input<Box<dyn Read + 'a>>> {
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(Error::new(ErrorKind::CorruptData, *what));
    }
    if head.starts_with(b"\xef\xbb\xbf") {
        head.drain(..3);
        all.read_exact(&mut [0; 3]).map_err(|error| unreadable(&error))?;
    }
    let (since, last) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let text = Guarded { inner: all, since: Rc::clone(&since), last: Rc::clone(&last) };
    Ok(Input { head, text, since, last })
}

/// Says that reading failed.
pub(super) fn unreadable(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::CorruptData, format!("cannot be read: {error}"))
}

/// A reader that stops at a record without end and remembers the last byte.
pub(super) struct Guarded<R> {
    inner: R,
    since: Rc<Cell<u64>>,
    last: Rc<Cell<u8>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since.get() > LONGEST_RECORD {
            return Err(std::io::Error::other("a record of more than 16 MiB: is a quote left open?"));
        }
        let read = self.inner.read(buffer)?;
        self.since.set(self.since.get() + read as u64);
        if let Some(&last) = buffer[..read].iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r')) {
            self.last.set(last);
        }
        Ok(read)
    }
}

/// The delimiter of a file: the one of `,` `;` tab and `|` that its header line holds most of, outside quotes.
pub(super) fn delimiter(head: &[u8]) -> u8 {
    const KNOWN: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0_usize; KNOWN.len()];
    let mut quoted = false;
    for &byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = KNOWN.iter().position(|&known| known == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    // Of equal counts the first wins, so the comma where there is none of them.
    let best = (0..KNOWN.len()).rev().max_by_key(|&at| counts[at]).unwrap_or(0);
    KNOWN[best]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_the_delimiter() {
        assert_eq!(delimiter(b"a,b,c\n1;2;3;4;5"), b',');
        assert_eq!(delimiter(b"a;\"b,c,d,e\";f\n"), b';');
        assert_eq!(delimiter(b"a\tb\r\n"), b'\t');
        assert_eq!(delimiter(b"a|b"), b'|');
        assert_eq!(delimiter(b"a"), b',');
    }
}
