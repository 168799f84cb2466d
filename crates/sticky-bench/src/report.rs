//! Figures, what they should be, and how they are shown.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// So many times the floor, at most.
    Ratio(f64),
    /// So many times the floor, at least.
    Times(f64),
    /// Exactly this many.
    Exactly(f64),
}

/// One figure.
#[derive(Debug, Clone)]
pub struct Figure {
    bench: String,
    name: &'static str,
    unit: &'static str,
    ours: f64,
    floor: Option<f64>,
    bar: Option<Bar>,
}

impl Figure {
    pub fn new(
        bench: impl Into<String>,
        name: &'static str,
        unit: &'static str,
        ours: f64,
    ) -> Self {
        Self { bench: bench.into(), name, unit, ours, floor: None, bar: None }
    }

    #[must_use]
    pub fn beside(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    #[must_use]
    pub fn within(mut self, bar: Bar) -> Self {
        self.bar = Some(bar);
        self
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.filter(|floor| *floor > 0.0).map(|floor| self.ours / floor)
    }

    /// Whether it is what it has to be; `None` when nothing is asked of it.
    pub fn passes(&self) -> Option<bool> {
        Some(match self.bar? {
            Bar::AtMost(most) => self.ours <= most,
            Bar::AtLeast(least) => self.ours >= least,
            Bar::Ratio(most) => self.ratio().is_some_and(|ratio| ratio <= most),
            Bar::Times(least) => self.ratio().is_some_and(|ratio| ratio >= least),
            Bar::Exactly(number) => self.ours == number,
        })
    }

    fn cells(&self) -> [String; 7] {
        let optional = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        [
            self.bench.clone(),
            format!("{}, {}", self.name, self.unit),
            short(self.ours),
            optional(self.floor.map(short)),
            optional(self.ratio().map(|ratio| format!("{ratio:.2}"))),
            optional(self.bar.map(|bar| match bar {
                Bar::AtMost(most) => format!("≤ {}", short(most)),
                Bar::AtLeast(least) => format!("≥ {}", short(least)),
                Bar::Ratio(most) => format!("≤ {most} × floor"),
                Bar::Times(least) => format!("≥ {least} × floor"),
                Bar::Exactly(number) => format!("= {}", short(number)),
            })),
            optional(self.passes().map(|passes| if passes { "pass" } else { "FAIL" }.to_owned())),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "bench": self.bench, "figure": self.name, "unit": self.unit, "ours": self.ours,
            "floor": self.floor, "ratio": self.ratio(), "pass": self.passes(),
        })
    }
}

const HEAD: [&str; 7] = ["bench", "figure", "ours", "floor", "ratio", "bar", ""];

/// The figures as a Markdown table with aligned columns.
pub fn table(figures: &[Figure]) -> String {
    let head = HEAD.map(str::to_owned);
    let rows: Vec<[String; 7]> = figures.iter().map(Figure::cells).collect();
    let all = || std::iter::once(&head).chain(&rows);
    let widths: [usize; 7] = std::array::from_fn(|column| {
        all().map(|row| row[column].chars().count()).max().unwrap_or(0)
    });
    let mut out = line(&head, &widths);
    out += &line(&widths.map(|width| "-".repeat(width)), &widths);
    rows.iter().for_each(|row| out += &line(row, &widths));
    out
}

fn line(cells: &[String; 7], widths: &[usize; 7]) -> String {
    let mut out = String::from("|");
    for (cell, width) in cells.iter().zip(widths) {
        write!(out, " {cell:width$} |").expect("a String takes all that is written");
    }
    out + "\n"
}

/// The figures as one JSON array.
pub fn json(figures: &[Figure]) -> String {
    Value::Array(figures.iter().map(Figure::json).collect()).to_string()
}

/// Three digits are more than a shared machine can give.
fn short(number: f64) -> String {
    match number.abs() {
        whole if whole == whole.trunc() || whole >= 100.0 => format!("{number:.0}"),
        ten if ten >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// The middle of the numbers; 0 of none.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_passes_by_its_bar() {
        let figure = Figure::new("fanout", "cpu", "µs", 20.0);
        assert_eq!(figure.clone().passes(), None);
        assert_eq!(figure.clone().within(Bar::AtMost(19.0)).passes(), Some(false));
        assert_eq!(figure.clone().within(Bar::AtLeast(19.0)).passes(), Some(true));
        assert_eq!(figure.clone().within(Bar::Ratio(2.0)).passes(), Some(false));
        let beside = figure.beside(10.0);
        assert_eq!(beside.clone().within(Bar::Ratio(2.0)).passes(), Some(true));
        assert_eq!(beside.clone().within(Bar::Times(2.0)).passes(), Some(true));
        assert_eq!(beside.within(Bar::Times(2.1)).passes(), Some(false));
    }

    #[test]
    fn the_table_is_markdown() {
        let figure = Figure::new("idle", "memory", "KiB", 12.345).beside(6.0);
        let table = table(&[figure.within(Bar::AtMost(16.0))]);
        assert_eq!(
            table.lines().last(),
            Some("| idle  | memory, KiB | 12.3 | 6     | 2.06  | ≤ 16 | pass |")
        );
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
