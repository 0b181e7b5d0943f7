//! The curves as a picture.

use std::{fs::File, io::BufWriter, path::Path};

use anyhow::anyhow;
use plotters::{
    prelude::{
        BLUE, BitMapBackend, ChartBuilder, Circle, IntoDrawingArea as _, IntoLogRange as _,
        LineSeries, WHITE,
    },
    style::{Color as _, FontStyle, register_font},
};

/// Width and height of the picture.
const SIZE: (u32, u32) = (1_200, 800);

/// The cost of an order over something that grows.
pub struct Curve {
    pub over: &'static str,
    /// What else was measured at each point.
    pub extra: &'static str,
    pub points: Vec<Point>,
}

/// A point of a curve.
pub struct Point {
    pub at: usize,
    /// Milliseconds of processor time for an order.
    pub cost: f64,
    pub extra: f64,
}

impl Curve {
    pub fn new(over: &'static str, extra: &'static str) -> Self {
        Self {
            over,
            extra,
            points: Vec::new(),
        }
    }

    pub fn point(&mut self, at: usize, cost: f64, extra: f64) {
        self.points.push(Point { at, cost, extra });
    }
}

/// Draws each curve in a field of its own, all with the same scale of cost, from zero.
pub fn draw(picture: &Path, curves: &[Curve]) -> anyhow::Result<()> {
    register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| anyhow!("the font cannot be read"))?;
    let wrong = |error: &dyn std::fmt::Display| anyhow!("the picture cannot be drawn: {error}");
    let costs = curves.iter().flat_map(|c| &c.points).map(|p| p.cost);
    let highest = costs.fold(0.0, f64::max) * 1.2;
    let (width, height) = SIZE;
    let mut pixels = vec![0; width as usize * height as usize * 3];
    let root = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
    root.fill(&WHITE).map_err(|e| wrong(&e))?;
    for (area, curve) in root.split_evenly((2, 2)).iter().zip(curves) {
        // Counts of things; the scale is a picture's.
        #[allow(clippy::cast_precision_loss)]
        let points: Vec<(f64, f64)> = curve.points.iter().map(|p| (p.at as f64, p.cost)).collect();
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            continue;
        };
        let mut chart = ChartBuilder::on(area)
            .caption(
                format!("CPU per order, ms, over {}", curve.over),
                ("sans-serif", 20),
            )
            .margin(16)
            .x_label_area_size(40)
            .y_label_area_size(56)
            .build_cartesian_2d(
                (first.0..last.0.max(first.0 + 1.0)).log_scale(),
                0.0..highest,
            )
            .map_err(|e| wrong(&e))?;
        let mut mesh = chart.configure_mesh();
        mesh.x_label_formatter(&|x| format!("{x:.0}"));
        mesh.y_label_formatter(&|y| format!("{y:.1}"));
        mesh.draw().map_err(|e| wrong(&e))?;
        let line = LineSeries::new(points.iter().copied(), &BLUE);
        chart.draw_series(line).map_err(|e| wrong(&e))?;
        let dots = points.iter().map(|at| Circle::new(*at, 4, BLUE.filled()));
        chart.draw_series(dots).map_err(|e| wrong(&e))?;
    }
    root.present().map_err(|e| wrong(&e))?;
    drop(root);
    let mut png = png::Encoder::new(BufWriter::new(File::create(picture)?), width, height);
    png.set_color(png::ColorType::Rgb);
    png.write_header()?.write_image_data(&pixels)?;
    Ok(())
}
