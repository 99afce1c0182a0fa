//! Owns charts: lines over powers of two or ten, both axes logarithmic, written as SVG.

use std::{ops::Range, path::Path};

use anyhow::{Context as _, Result, anyhow};
use plotters::prelude::*;

/// One line of a chart.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is of.
    pub name: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

/// A chart.
#[derive(Debug)]
pub struct Chart<'a> {
    /// What it shows.
    pub title: &'a str,
    /// What goes to the right, with its unit.
    pub across: &'a str,
    /// Its labels are the powers of this.
    pub base: f64,
    /// What goes up, with its unit.
    pub up: &'a str,
    /// Points further right than this are drawn hollow: they are of another kind, as the title says.
    pub solid_to: f64,
}

/// Colours that are told apart on light and on dark ground, and by most of those who do not see all.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x99, 0x77, 0x00),
    RGBColor(0x77, 0x77, 0x77),
];

impl Chart<'_> {
    /// Draws `lines` into the file.
    ///
    /// # Errors
    /// If there is no point, or the file cannot be written.
    pub fn draw(&self, lines: &[Line], path: &Path) -> Result<()> {
        self.try_draw(lines, path)
            .with_context(|| format!("failed to draw {}", path.display()))
    }

    fn try_draw(&self, lines: &[Line], path: &Path) -> Result<()> {
        let points = || lines.iter().flat_map(|line| line.points.iter().copied());
        let across = range(points().map(|point| point.0)).context("there is no point")?;
        let up = range(points().map(|point| point.1)).context("there is no point")?;
        let across = across.start / 1.1..across.end * 1.1;
        // Room for the legend above the lines.
        let up = up.start / 1.5..up.end * 20.0;
        let area = SVGBackend::new(path, (760, 440)).into_drawing_area();
        let failed = |error: &dyn std::fmt::Display| anyhow!("{error}");
        area.fill(&WHITE).map_err(|error| failed(&error))?;
        let mut chart = ChartBuilder::on(&area)
            .caption(self.title, ("sans-serif", 17))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(across.log_scale().base(self.base), up.log_scale())
            .map_err(|error| failed(&error))?;
        chart
            .configure_mesh()
            .x_desc(self.across)
            .y_desc(self.up)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| short(*value))
            .light_line_style(BLACK.mix(0.06))
            .draw()
            .map_err(|error| failed(&error))?;
        for (line, colour) in lines.iter().zip(COLOURS.into_iter().cycle()) {
            chart
                .draw_series(LineSeries::new(
                    line.points.iter().copied(),
                    colour.stroke_width(2),
                ))
                .map_err(|error| failed(&error))?
                .label(line.name.as_str())
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
                });
            let circles = line.points.iter().map(|point| {
                let style = if point.0 <= self.solid_to {
                    colour.filled()
                } else {
                    colour.stroke_width(1)
                };
                Circle::new(*point, 4, style)
            });
            chart.draw_series(circles).map_err(|error| failed(&error))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()
            .map_err(|error| failed(&error))?;
        area.present().map_err(|error| failed(&error))
    }
}

/// From the least to the greatest.
fn range(values: impl Iterator<Item = f64>) -> Option<Range<f64>> {
    values.fold(None, |range, value| {
        let Range { start, end } = range.unwrap_or(value..value);
        Some(start.min(value)..end.max(value))
    })
}

/// A number for an axis.
fn short(value: f64) -> String {
    match value {
        millions if millions >= 1e6 => format!("{} M", millions / 1e6),
        thousands if thousands >= 1e3 => format!("{} k", thousands / 1e3),
        other => format!("{}", (other * 1e3).round() / 1e3),
    }
}
