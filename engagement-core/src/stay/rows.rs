//! Going over all customers in parallel, and their rows in key order.

use std::ops::Range;

use crate::error::Result;
use crate::ledger::Ledger;
use crate::score::in_chunks;

/// Customers looked at together, by one thread.
const CHUNK: u32 = 8192;

/// Works on ranges of customer codes, in parallel; the answers come in the order of the ranges.
pub(crate) fn chunks_of_customers<T: Send>(
    ledger: &Ledger,
    threads: usize,
    work: impl Fn(Range<u32>) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let codes = ledger.code_count() as u32;
    in_chunks(codes.div_ceil(CHUNK) as usize, threads, |chunk| {
        let from = chunk as u32 * CHUNK;
        work(from..codes.min(from.saturating_add(CHUNK)))
    })
}

/// Shows the rows of all chunks in key order; within a chunk they ascend by customer code.
pub(crate) fn in_key_order<'r, T: 'r>(
    ledger: &Ledger,
    chunks: &[&'r [T]],
    code: impl Fn(&T) -> u32,
    mut show: impl FnMut(&'r T),
) {
    match ledger.customers.order() {
        None => chunks.iter().copied().flatten().for_each(show),
        Some(order) => {
            for &customer in order {
                let Some(rows) = chunks.get((customer / CHUNK) as usize) else { continue };
                if let Ok(at) = rows.binary_search_by_key(&customer, &code) {
                    show(&rows[at]);
                }
            }
        }
    }
}
