//! Owns Markdown tables and the figures in them.

/// Prints a table whose first column is text and whose others are numbers.
pub fn print(heading: &[&str], rows: &[Vec<String>]) {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<&str> = cells.collect();
        println!("| {} |", cells.join(" | "));
    };
    line(&mut heading.iter().copied());
    let rules = ["---"].into_iter().chain(["---:"].into_iter().cycle());
    line(&mut rules.take(heading.len()));
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
}

/// The least of those `samples` that are numbers.
#[must_use]
pub fn least(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::NAN, f64::min)
}

/// The median of those `samples` that are numbers.
#[must_use]
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.retain(|sample| !sample.is_nan());
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (None, _) => f64::NAN,
        (Some(upper), 0) => f64::midpoint(sorted[middle - 1], *upper),
        (Some(only), _) => *only,
    }
}

/// A number with three significant digits or all of those before the point, thousands apart; a dash
/// where there is none.
#[must_use]
pub fn figure(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    let text = match value.abs() {
        small if small < 10.0 => format!("{value:.2}"),
        middle if middle < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    let (whole, rest) = text
        .split_once('.')
        .map_or((&*text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.trim_start_matches('-');
    let mut grouped = String::from(if digits.len() < whole.len() { "-" } else { "" });
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(rest) = rest {
        grouped.push('.');
        grouped.push_str(rest);
    }
    grouped
}
