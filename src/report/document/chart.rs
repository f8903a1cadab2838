//! Charts of shares over time.

use std::fmt::Write as _;

use crate::untrusted::HtmlText;

/// Width and height of the plot.
const SIZE: [f64; 2] = [320.0, 64.0];

/// Room around the plot for the marks.
const EDGE: f64 = 6.0;

/// Room for the labels on the left.
const LABELS: f64 = 38.0;

/// What a scale can end at, in percent; the last one is all.
const TOPS: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Values over time.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What it shows.
    pub title: HtmlText,
    /// The measure: presence, null rate.
    pub measure: HtmlText,
    /// What it says, in words.
    pub summary: HtmlText,
    /// The points, from the left.
    pub points: Vec<Point>,
    /// The numbers of points at which something changed.
    pub marks: Vec<usize>,
}

/// A point of a chart.
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// What it is of: a day.
    pub label: HtmlText,
    /// From 0 to 1; `None` where there was nothing to measure.
    pub value: Option<f64>,
    /// The same in words.
    pub text: HtmlText,
}

impl Chart {
    /// The width of the drawing.
    #[must_use]
    pub fn width(&self) -> String {
        (LABELS + SIZE[0] + 2.0 * EDGE).to_string()
    }

    /// Its height.
    #[must_use]
    pub fn height(&self) -> String {
        (SIZE[1] + 2.0 * EDGE).to_string()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    fn x(&self, at: usize) -> f64 {
        LABELS + EDGE + SIZE[0] * at as f64 / self.points.len().saturating_sub(1).max(1) as f64
    }

    /// The path of the line; it is interrupted where nothing was measured.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        let mut pen = 'M';
        let top = self.top();
        for (at, point) in self.points.iter().enumerate() {
            let Some(value) = point.value else {
                pen = 'M';
                continue;
            };
            let (x, y) = (self.x(at), y(value, top));
            let _ = write!(path, "{pen}{x:.1} {y:.1}");
            // A line of one point has no length; this one is a pixel wide.
            if pen == 'M' {
                let _ = write!(path, "h.5");
            }
            pen = 'L';
        }
        path
    }

    /// Where the marks are: x and y.
    #[must_use]
    pub fn circles(&self) -> Vec<(String, String)> {
        let top = self.top();
        let circle = |at: &usize| {
            let value = self.points.get(*at)?.value?;
            Some((format!("{:.1}", self.x(*at)), format!("{:.1}", y(value, top))))
        };
        self.marks.iter().filter_map(circle).collect()
    }

    /// The lines at the end of the scale, at half of it and at nothing: the height and the label of each.
    #[must_use]
    pub fn rules(&self) -> [(String, String); 3] {
        let top = self.top();
        [top, top / 2.0, 0.0]
            .map(|percent| (format!("{:.1}", y(percent / 100.0, top)), format!("{percent} %")))
    }

    /// Where the lines begin.
    #[must_use]
    pub fn left(&self) -> String {
        LABELS.to_string()
    }

    /// The end of the scale in percent: the first one that no value is above, so that a small share can be seen.
    fn top(&self) -> f64 {
        let max = self.points.iter().filter_map(|point| point.value).fold(0.0, f64::max);
        TOPS.into_iter().find(|top| max * 100.0 <= *top).unwrap_or(100.0)
    }

    /// The label of the first point, and of the last one.
    #[must_use]
    pub fn ends(&self) -> [&HtmlText; 2] {
        let first = self.points.first().map_or(&self.title, |point| &point.label);
        let last = self.points.last().map_or(&self.title, |point| &point.label);
        [first, last]
    }
}

/// The height of a value on a scale that ends at so many percent.
fn y(value: f64, top: f64) -> f64 {
    EDGE + SIZE[1] * (1.0 - (value * 100.0 / top).clamp(0.0, 1.0))
}
