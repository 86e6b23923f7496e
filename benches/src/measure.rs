//! What a piece of work costs: CPU time of all threads, time on the wall, the most memory held.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// Seconds of a piece of work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// User and system time of all threads, also of ended ones.
    pub cpu: f64,
    /// Time on the wall.
    pub wall: f64,
}

impl Cost {
    /// `{"cpu": …, "wall": …}`.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "cpu": self.cpu, "wall": self.wall })
    }
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.cpu += other.cpu;
        self.wall += other.wall;
    }
}

/// Measures a piece of work.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    cpu: f64,
    wall: Instant,
}

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Stopwatch {
        Stopwatch { cpu: cpu_seconds(), wall: Instant::now() }
    }

    /// The cost since the start.
    #[must_use]
    pub fn read(&self) -> Cost {
        Cost { cpu: cpu_seconds() - self.cpu, wall: self.wall.elapsed().as_secs_f64() }
    }
}

/// CPU seconds of this process so far.
#[must_use]
pub fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory this process has held, in bytes; `None` where `/proc` does not say.
#[must_use]
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
