//! Several measurements of one thing, told as least, middle and most.

use crate::words::tell;

/// Measurements of one thing.
#[derive(Debug)]
pub(super) struct Sample {
    name: String,
    unit: &'static str,
    values: Vec<f64>,
}

impl Sample {
    pub(super) fn new(name: impl Into<String>, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            unit,
            values: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, value: f64) {
        self.values.push(value);
    }

    /// Least, middle and most; `None` without measurements.
    fn summary(&self) -> Option<(f64, f64, f64)> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let half = sorted.len() / 2;
        let upper = *sorted.get(half)?;
        let middle = if sorted.len().is_multiple_of(2) {
            f64::midpoint(*sorted.get(half.checked_sub(1)?)?, upper)
        } else {
            upper
        };
        Some((*sorted.first()?, middle, *sorted.last()?))
    }

    /// What lies in the middle.
    pub(super) fn middle(&self) -> Option<f64> {
        self.summary().map(|(_, middle, _)| middle)
    }

    /// The greatest.
    pub(super) fn most(&self) -> Option<f64> {
        self.summary().map(|(.., most)| most)
    }

    /// The line above the lines.
    pub(super) fn header() -> String {
        format!(
            "{:<52} {:>10} {:>10} {:>10}  {:<10} runs",
            "", "least", "middle", "most", ""
        )
    }

    pub(super) fn print(&self) {
        match self.summary() {
            Some((least, middle, most)) => tell(&format!(
                "{:<52} {:>10} {:>10} {:>10}  {:<10} {}",
                self.name,
                number(least),
                number(middle),
                number(most),
                self.unit,
                self.values.len()
            )),
            None => tell(&format!(
                "{:<52} could not be measured on this system",
                self.name
            )),
        }
    }
}

/// Two decimals where they say something, none where they do not.
pub(super) fn number(value: f64) -> String {
    if value < 100.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        let mut sample = Sample::new("", "");
        assert_eq!(sample.summary(), None);
        for value in [4.0, 1.0, 3.0] {
            sample.add(value);
        }
        assert_eq!(sample.summary(), Some((1.0, 3.0, 4.0)));
        sample.add(2.0);
        assert_eq!(sample.summary(), Some((1.0, 2.5, 4.0)));
    }
}
