//! RFC 3339 points in time, as the trusted root has them, in Unix seconds.

const DAY: i64 = 24 * 60 * 60;

/// The seconds since 1970 began; fractions are cut off.
pub(super) fn unix_seconds(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.split('-');
    let (year, month, day) = (
        number(date.next()?, 4)?,
        number(date.next()?, 2)?,
        number(date.next()?, 2)?,
    );
    let (time, zone) = time.split_at(time.find(['Z', '+', '-'])?);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut clock = clock.split(':');
    let (hour, minute, second) = (
        number(clock.next()?, 2)?,
        number(clock.next()?, 2)?,
        number(clock.next()?, 2)?,
    );
    let sound = date.next().is_none()
        && clock.next().is_none()
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        // A leap second is 60.
        && second <= 60
        && is_digits(fraction);
    let seconds = days_before(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    sound.then(|| Some(seconds - zone_seconds(zone)?))?
}

/// How far a zone is ahead of UTC.
fn zone_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let seconds = hours * 3600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some(if zone.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && is_digits(text)).then(|| text.parse().ok())?
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to this day of the Gregorian calendar. Years are taken to begin in March, so that the leap day
/// is the last one.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 153 days are five months from March or August on; 719,468 days are from 0000-03-01 to 1970-01-01.
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::{DAY, unix_seconds};

    #[test]
    fn times_are_those_of_the_calendar() {
        #[rustfmt::skip]
        let table = [
            ("1970-01-01T00:00:00Z",          0),
            ("1969-12-31T23:59:59Z",          -1),
            ("2021-01-12T11:53:27.000Z",      1_610_452_407),
            ("2021-01-12T11:53:27.999999Z",   1_610_452_407),
            ("2025-09-19T17:58:38Z",          1_758_304_718),
            ("2025-09-19T19:58:38+02:00",     1_758_304_718),
            ("2025-09-19T12:28:38-05:30",     1_758_304_718),
            ("2025-09-20T17:57:38+23:59",     1_758_304_718),
            ("2000-02-29T00:00:00Z",          951_782_400),
            ("2000-03-01T00:00:00Z",          951_868_800),
            ("2024-12-31T23:59:60Z",          1_735_689_600),
            ("0001-01-01T00:00:00Z",          -62_135_596_800),
            ("9999-12-31T23:59:59Z",          253_402_300_799),
        ];
        for (text, seconds) in table {
            assert_eq!(unix_seconds(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn months_have_the_days_of_the_calendar() {
        let midnight =
            |year, month, day| unix_seconds(&format!("{year:04}-{month:02}-{day:02}T00:00:00Z"));
        for (year, february) in [(2023, 28), (2024, 29), (1900, 28), (2000, 29)] {
            let days = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (days, month) in days.into_iter().zip(1..) {
                assert_eq!(midnight(year, month, days + 1), None, "{year}-{month}");
                let last = midnight(year, month, days).unwrap();
                let next = match month {
                    12 => midnight(year + 1, 1, 1),
                    _ => midnight(year, month + 1, 1),
                };
                assert_eq!(next, Some(last + DAY), "{year}-{month}");
            }
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "T",
            "2021-01-12",
            "2021-01-12T11:53:27",
            "2021-01-12 11:53:27Z",
            "2021-1-12T11:53:27Z",
            "2021-01-12T11:53Z",
            "2021-01-12T11:53:27:00Z",
            "2021-01-12-01T11:53:27Z",
            "2021-00-12T11:53:27Z",
            "2021-13-12T11:53:27Z",
            "2021-02-29T11:53:27Z",
            "1900-02-29T11:53:27Z",
            "2021-01-00T11:53:27Z",
            "2021-01-12T24:53:27Z",
            "2021-01-12T11:60:27Z",
            "2021-01-12T11:53:61Z",
            "2021-01-12T11:53:27.Z",
            "2021-01-12T11:53:27.xZ",
            "2021-01-12T11:53:27Zx",
            "2021-01-12T11:53:27+24:00",
            "2021-01-12T11:53:27+02:60",
            "2021-01-12T11:53:27+0200",
            "2021-01-12T11:53:27é",
            "+021-01-12T11:53:27Z",
        ] {
            assert_eq!(unix_seconds(text), None, "{text}");
        }
    }
}
