//! The picture of `/stats`: two rows of bars, drawn by plotters and written as PNG.
//!
//! It holds figures and no words, so that it needs no font and is right in every language: an image in a container has
//! no fonts, and dishes have names in every script. What the bars are is said in its caption, where the bars of the
//! lower row have their numbers.

use plotters::coord::Shift;
use plotters::prelude::{
    BLACK, BitMapBackend, Color, DrawingArea, IntoDrawingArea, RGBColor, Rectangle, WHITE,
};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// Orders by the hour of the day.
    pub hours: [u32; 24],
    /// Units of the items that were ordered most.
    pub items: Vec<u32>,
}

const WIDTH: u32 = 960;
const HEIGHT: u32 = 600;
const BLUE: RGBColor = RGBColor(46, 117, 182);
const GREEN: RGBColor = RGBColor(84, 150, 70);
const GREY: RGBColor = RGBColor(200, 200, 200);

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

/// The bars as a PNG image.
///
/// # Errors
/// The drawing failed, which would be a defect.
pub fn picture(bars: &Bars) -> anyhow::Result<Vec<u8>> {
    let mut pixels = vec![0; (WIDTH * HEIGHT * 3) as usize];
    {
        let root = BitMapBackend::with_buffer(&mut pixels, (WIDTH, HEIGHT)).into_drawing_area();
        root.fill(&WHITE)?;
        let (upper, lower) = root.split_vertically(HEIGHT / 2);
        let hours: Vec<_> = (0..24).zip(bars.hours).collect();
        row(&upper, &hours, &BLUE)?;
        let items: Vec<_> = (1..).zip(bars.items.iter().copied()).collect();
        row(&lower, &items, &GREEN)?;
        root.present()?;
    }
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(image)
}

/// A row of bars over its ground line: each with its number below and its value above.
fn row(area: &Area<'_>, bars: &[(u32, u32)], color: &RGBColor) -> anyhow::Result<()> {
    const MARGIN: i32 = 30;
    const LABEL: i32 = 30;
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (i32::try_from(width)?, i32::try_from(height)?);
    let (ground, room) = (height - MARGIN - LABEL, height - 2 * MARGIN - 2 * LABEL);
    let most = bars
        .iter()
        .map(|(_, value)| *value)
        .max()
        .unwrap_or(0)
        .max(1);
    // As wide as the space allows, and not wider than a thumb.
    let step = ((width - 2 * MARGIN) / i32::try_from(bars.len().max(1))?).min(120);
    for (at, (number, value)) in (0_i32..).zip(bars) {
        let left = MARGIN + at * step;
        let middle = left + step / 2;
        let high = i64::from(room) * i64::from(*value) / i64::from(most);
        let top = ground - i32::try_from(high)?;
        if *value > 0 {
            let bar = [(left + step / 6, top), (left + step - step / 6, ground)];
            area.draw(&Rectangle::new(bar, color.filled()))?;
            digits(area, *value, (middle, top - LABEL + 8))?;
        }
        digits(area, *number, (middle, ground + 8))?;
    }
    let line = [(MARGIN, ground), (width - MARGIN, ground + 1)];
    area.draw(&Rectangle::new(line, GREY.filled()))?;
    Ok(())
}

/// A number of seven segments a digit, around a middle, below a top.
fn digits(area: &Area<'_>, number: u32, (middle, top): (i32, i32)) -> anyhow::Result<()> {
    const WIDE: i32 = 8;
    const HALF: i32 = 7;
    const GAP: i32 = 4;
    // Upper, upper left, upper right, middle, lower left, lower right, lower.
    const SEGMENTS: [&str; 10] = [
        "1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010",
        "1111111", "1111011",
    ];
    let digits = number.to_string();
    let all = i32::try_from(digits.len())? * (WIDE + GAP) - GAP;
    for (at, digit) in (0_i32..).zip(digits.bytes()) {
        let left = middle - all / 2 + at * (WIDE + GAP);
        let right = left + WIDE;
        let segments = [
            [(left, top), (right, top + 1)],
            [(left, top), (left + 1, top + HALF)],
            [(right - 1, top), (right, top + HALF)],
            [(left, top + HALF), (right, top + HALF + 1)],
            [(left, top + HALF), (left + 1, top + 2 * HALF)],
            [(right - 1, top + HALF), (right, top + 2 * HALF)],
            [(left, top + 2 * HALF), (right, top + 2 * HALF + 1)],
        ];
        let shown = SEGMENTS.get(usize::from(digit.saturating_sub(b'0')));
        for (segment, lit) in segments.into_iter().zip(shown.unwrap_or(&"").bytes()) {
            if lit == b'1' {
                area.draw(&Rectangle::new(segment, BLACK.filled()))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn shown(bars: &Bars) -> Vec<u8> {
        let png = picture(bars).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (WIDTH, HEIGHT));
        pixels
    }

    fn pixels_of(color: RGBColor, shown: &[u8]) -> usize {
        let RGBColor(r, g, b) = color;
        shown.chunks(3).filter(|pixel| **pixel == [r, g, b]).count()
    }

    #[test]
    fn bars_are_as_high_as_what_they_count() {
        let mut hours = [0; 24];
        hours[19] = 4;
        let one = shown(&Bars {
            hours,
            items: vec![3],
        });
        hours[20] = 2;
        let more = shown(&Bars {
            hours,
            items: vec![3, 3],
        });
        let (blue, more_blue) = (pixels_of(BLUE, &one), pixels_of(BLUE, &more));
        assert!(blue > 0);
        assert!(
            (more_blue * 2).abs_diff(blue * 3) < blue / 10,
            "{blue} {more_blue}"
        );
        let (green, more_green) = (pixels_of(GREEN, &one), pixels_of(GREEN, &more));
        assert_eq!(more_green, 2 * green);
    }

    #[test]
    fn nothing_and_very_much_are_drawn_too() {
        let none = shown(&Bars {
            hours: [0; 24],
            items: Vec::new(),
        });
        assert_eq!(pixels_of(BLUE, &none), 0);
        shown(&Bars {
            hours: [u32::MAX; 24],
            items: vec![u32::MAX; 10],
        });
    }
}
