//! Durations and sizes as users write them.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// A time and the file that is written then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SnapshotAt {
    pub(super) after: Duration,
    pub(super) file: PathBuf,
}

impl FromStr for SnapshotAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (time, file) = text.split_once('=').ok_or("expected TIME=FILE")?;
        if file.is_empty() {
            return Err("the name of the file is missing behind =".into());
        }
        Ok(Self { after: duration(time)?, file: file.into() })
    }
}

/// A number with a unit.
fn measure(text: &str, units: &[(&str, f64)], expected: &str) -> Result<f64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().map_err(|_| format!("expected {expected}"))?;
    let unit = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let (_, factor) = unit.ok_or_else(|| format!("expected {expected}"))?;
    Ok(number * factor)
}

/// `4`.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "expected a whole number".into())
}

/// `50ms`, `1.5s`, `2min`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0)];
    let expected = "a number and ns, us, ms, s or min, such as 50ms";
    let seconds = measure(text, &units, expected)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("expected {expected}"))
}

/// `65536`, `64KiB`, `32MiB`, `1GiB`.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let (kib, mib, gib) = (1024.0, 1048576.0, 1073741824.0);
    let units = [
        ("", 1.0),
        ("b", 1.0),
        ("k", kib),
        ("kib", kib),
        ("m", mib),
        ("mib", mib),
        ("g", gib),
        ("gib", gib),
    ];
    let bytes = measure(text, &units, "a number and KiB, MiB or GiB, such as 32MiB")?;
    // The cast saturates; ranges are checked where they are known.
    Ok(bytes as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("50ms"), Ok(Duration::from_millis(50)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("7us"), Ok(Duration::from_micros(7)));
        for wrong in ["", "50", "ms", "-1s", "5 parsecs", "1.2.3s", "9e99s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_may_have_units() {
        assert_eq!(bytes("65536"), Ok(65536));
        assert_eq!(bytes("32MiB"), Ok(32 << 20));
        assert!(bytes("many").is_err());
    }

    #[test]
    fn a_snapshot_has_a_time_and_a_file() {
        let at: SnapshotAt = "50ms=a=b".parse().expect("both");
        assert_eq!((at.after, at.file), (Duration::from_millis(50), "a=b".into()));
        assert!("50ms".parse::<SnapshotAt>().is_err() && "50ms=".parse::<SnapshotAt>().is_err());
    }
}
