//! Money in integer minor units: no float ever holds a price.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency: its code and how many digits its minor unit has (USD 2, JPY 0, KWD 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Reads an ISO 4217 code in capitals, such as `EUR`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code).map(Self)
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point; currencies without a minor unit have 0.
    #[must_use]
    pub fn digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// Reads a decimal string such as `12.50` into minor units; refuses more digits than the currency has.
    ///
    /// # Errors
    /// Says what is wrong with the figure, without naming where it stands.
    pub fn parse_amount(self, text: &str) -> Result<Money, AmountError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
            return Err(AmountError::Format);
        }
        let places = self.digits() as usize;
        // Zeros beyond the minor unit change nothing: "1.50" is fine for a currency with three digits or one.
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > places {
            return Err(AmountError::Digits {
                code: self.code(),
                digits: self.digits(),
            });
        }
        let padded = format!("{whole}{fraction:0<places$}");
        padded.parse().map(Money).map_err(|_| AmountError::TooLarge)
    }

    /// The amount as a plain decimal string, `1234` minor units of USD as `12.34`: for files and the sheet.
    #[must_use]
    pub fn plain(self, amount: Money) -> String {
        let places = self.digits();
        let unit = 10_i64.pow(places);
        let sign = if amount.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (amount.0.abs() / unit, amount.0.abs() % unit);
        if places == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction:0width$}", width = places as usize)
        }
    }

    /// The amount as a customer reads it: symbol or code, then the figure.
    #[must_use]
    pub fn show(self, amount: Money) -> String {
        let figure = self.plain(amount);
        match self.code() {
            "USD" => format!("${figure}"),
            "EUR" => format!("€{figure}"),
            "GBP" => format!("£{figure}"),
            code => format!("{figure} {code}"),
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a decimal string is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one point.
    #[error("expected a decimal number such as 4.50")]
    Format,
    /// More digits after the point than the currency's minor unit has.
    #[error("{code} has {digits} digits after the point")]
    Digits {
        /// The currency.
        code: &'static str,
        /// Its digits.
        digits: u32,
    },
    /// Beyond what 64 bits hold.
    #[error("the amount is too large")]
    TooLarge,
}

/// An amount in the minor unit of the menu's currency.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing to pay.
    pub const ZERO: Money = Money(0);

    /// From minor units (cents).
    #[must_use]
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// In minor units (cents).
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The sum, held at the largest amount where it would overflow: a cart that large is refused by its limits.
    #[must_use]
    pub const fn plus(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }

    /// `count` times the amount, held at the largest amount where it would overflow.
    #[must_use]
    pub const fn times(self, count: u32) -> Money {
        Money(self.0.saturating_mul(count as i64))
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Money::plus)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(code: &str, text: &str, expected: Result<i64, &str>) {
        let got = Currency::parse(code)
            .unwrap()
            .parse_amount(text)
            .map(Money::minor)
            .map_err(|e| e.to_string());
        assert_eq!(got, expected.map_err(String::from), "{code} {text}");
    }

    #[test]
    fn amounts_follow_the_currency_s_minor_unit() {
        check("USD", "4.50", Ok(450));
        check("USD", "4.5", Ok(450));
        check("USD", "4", Ok(400));
        check("USD", "4.500", Ok(450));
        check("JPY", "500", Ok(500));
        check("KWD", "1.234", Ok(1234));
        check("USD", "4.505", Err("USD has 2 digits after the point"));
        check("JPY", "5.5", Err("JPY has 0 digits after the point"));
        for bad in ["", ".", "4.", ".5", "-1", "1,5", "1e3", "٤"] {
            check("USD", bad, Err("expected a decimal number such as 4.50"));
        }
        check(
            "USD",
            "99999999999999999999",
            Err("the amount is too large"),
        );
    }

    proptest! {
        #[test]
        fn a_plain_amount_reads_back(minor in 0_i64..1_000_000_000, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let currency = Currency::parse(code).unwrap();
            let plain = currency.plain(Money::from_minor(minor));
            prop_assert_eq!(currency.parse_amount(&plain).unwrap().minor(), minor);
        }
    }
}
