//! Money as an integer count of millionths.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

const MICROS: i64 = 1_000_000;
/// From here on every float is a whole number.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// An amount in millionths of the currency unit.
///
/// Text goes in and out exactly; what cannot be kept exactly is refused. Only floats are rounded, to the
/// nearest millionth.
///
/// ```
/// use engagement_core::Money;
///
/// let price: Money = "12.50".parse()?;
/// assert_eq!(price.micros(), 12_500_000);
/// assert_eq!(price.to_string(), "12.5");
/// assert_eq!(Money::from_f64(0.1)?, Some("0.1".parse()?));
/// assert_eq!(Money::from_f64(f64::NAN)?, None);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// An amount of `micros` millionths; `None` for `i64::MIN`, which stands for a missing amount in columns.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Money> {
        if micros == i64::MIN { None } else { Some(Money(micros)) }
    }

    /// The amount in millionths.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The millionth nearest to a float, ties to even, judged on the float's exact value; NaN is a missing amount.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMoney`] for an infinity or a size past ±9.22e12 units.
    pub fn from_f64(value: f64) -> Result<Option<Money>> {
        if value.is_nan() {
            return Ok(None);
        }
        let scaled = value * 1e6;
        if scaled.abs() >= 9_223_372_036_854_775_000.0 {
            return Err(invalid(&value, "out of range"));
        }
        // The product was rounded once; `rest` is exactly what that took away.
        let rest = value.mul_add(1e6, -scaled);
        if scaled.abs() >= TWO_52 {
            // The product is a whole number and the rest may be several millionths.
            let whole = scaled as i64 + rest.floor() as i64;
            let part = rest - rest.floor();
            let up = part > 0.5 || (part == 0.5 && whole % 2 != 0);
            return Ok(Some(Money(whole + i64::from(up))));
        }
        let mut micros = scaled.round_ties_even();
        // The rest decides whether a tie is a tie.
        if (scaled - micros).abs() == 0.5 && rest != 0.0 {
            micros = if rest > 0.0 { scaled.ceil() } else { scaled.floor() };
        }
        Ok(Some(Money(micros as i64)))
    }

    /// The amount `value · 10^−scale`, exactly.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMoney`] if it has more than six decimals or does not fit.
    pub fn from_decimal(value: i128, scale: i8) -> Result<Money> {
        let shift = 6 - i32::from(scale);
        let power = 10_i128.checked_pow(shift.unsigned_abs());
        let micros = match power {
            Some(power) if shift >= 0 => value.checked_mul(power),
            Some(power) if value % power == 0 => Some(value / power),
            None if value == 0 => Some(0),
            _ => return Err(invalid(&format_args!("{value}e{}", -i32::from(scale)), "more than six decimals")),
        };
        micros
            .and_then(|micros| i64::try_from(micros).ok())
            .and_then(Money::from_micros)
            .ok_or_else(|| invalid(&format_args!("{value}e{}", -i32::from(scale)), "out of range"))
    }

    /// The nearest float, in currency units.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

fn invalid(value: &dyn fmt::Display, why: &str) -> Error {
    Error::new(ErrorKind::InvalidMoney, format!("\"{value}\" is not an amount: {why}"))
}

impl FromStr for Money {
    type Err = Error;

    /// Reads `-12.50`: a sign, digits, at most one point and at most six decimals that are not zero.
    fn from_str(text: &str) -> Result<Money> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid(&text, "no digits"));
        }
        if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(invalid(&text, "a plain decimal such as -12.50 is expected"));
        }
        let kept = fraction.trim_end_matches('0');
        if kept.len() > 6 {
            return Err(invalid(&text, "more than six decimals"));
        }
        let mut micros: i64 = 0;
        for byte in whole.bytes().chain(kept.bytes().chain(std::iter::repeat(b'0')).take(6)) {
            micros = micros
                .checked_mul(10)
                .and_then(|micros| micros.checked_add(i64::from(byte - b'0')))
                .ok_or_else(|| invalid(&text, "out of range"))?;
        }
        Ok(Money(if text.starts_with('-') { -micros } else { micros }))
    }
}

impl fmt::Display for Money {
    /// The shortest exact decimal: `12.5`, `-0.000001`, `3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let (whole, fraction) = (size / MICROS as u64, size % MICROS as u64);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

impl TryFrom<String> for Money {
    type Error = Error;
    fn try_from(text: String) -> Result<Money> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

/// A currency by its ISO 4217 code.
///
/// ```
/// use engagement_core::Currency;
///
/// let euro: Currency = "EUR".parse()?;
/// assert_eq!(euro.as_str(), "EUR");
/// assert!("euro".parse::<Currency>().is_err());
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = Error;
    fn from_str(text: &str) -> Result<Currency> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Currency(code)),
            _ => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("currency \"{text}\" is not three capital letters such as EUR"),
            )),
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = Error;
    fn try_from(text: String) -> Result<Currency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}
