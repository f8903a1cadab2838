//! Charts of shares over time.

use std::fmt::Write as _;

use crate::untrusted::HtmlText;

/// Width and height of the plot.
const SIZE: [f64; 2] = [320.0, 64.0];

/// Room around the plot for the marks.
const EDGE: f64 = 6.0;

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
        (SIZE[0] + 2.0 * EDGE).to_string()
    }

    /// Its height.
    #[must_use]
    pub fn height(&self) -> String {
        (SIZE[1] + 2.0 * EDGE).to_string()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    fn x(&self, at: usize) -> f64 {
        EDGE + SIZE[0] * at as f64 / self.points.len().saturating_sub(1).max(1) as f64
    }

    /// The path of the line; it is interrupted where nothing was measured.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        let mut pen = 'M';
        for (at, point) in self.points.iter().enumerate() {
            let Some(value) = point.value else {
                pen = 'M';
                continue;
            };
            let (x, y) = (self.x(at), y(value));
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
        let circle = |at: &usize| {
            let value = self.points.get(*at)?.value?;
            Some((format!("{:.1}", self.x(*at)), format!("{:.1}", y(value))))
        };
        self.marks.iter().filter_map(circle).collect()
    }

    /// The heights of the lines at all, half and nothing.
    #[must_use]
    pub fn rules(&self) -> [String; 3] {
        [1.0, 0.5, 0.0].map(|value| format!("{:.1}", y(value)))
    }

    /// The label of the first point, and of the last one.
    #[must_use]
    pub fn ends(&self) -> [&HtmlText; 2] {
        let first = self.points.first().map_or(&self.title, |point| &point.label);
        let last = self.points.last().map_or(&self.title, |point| &point.label);
        [first, last]
    }
}

fn y(value: f64) -> f64 {
    EDGE + SIZE[1] * (1.0 - value.clamp(0.0, 1.0))
}
