//! When column A is looked at without a new row to write.

use std::time::Duration;

use tokio::time::Instant;

use super::sheet::Tempo;

/// A series of looks in growing intervals, until a late landing is no longer possible.
#[derive(Debug, Default)]
pub(super) struct Watch {
    series: Option<Series>,
}

#[derive(Debug, Clone, Copy)]
struct Series {
    next: Instant,
    gap: Duration,
    until: Instant,
}

impl Watch {
    /// Begins a series anew.
    pub(super) fn begin(&mut self, now: Instant, tempo: Tempo) {
        self.series = Some(Series {
            next: now + tempo.first_look,
            gap: tempo.first_look,
            until: now + tempo.watch,
        });
    }

    /// When the next look is due; none where nothing is in doubt.
    pub(super) const fn next(&self) -> Option<Instant> {
        match self.series {
            Some(series) => Some(series.next),
            None => None,
        }
    }

    pub(super) fn due(&self, now: Instant) -> bool {
        self.next().is_some_and(|next| next <= now)
    }

    /// A look was taken. The last one of a series falls upon its end or after it.
    pub(super) fn looked(&mut self, now: Instant) {
        self.series = self
            .series
            .filter(|series| now < series.until)
            .map(|series| {
                if now < series.next {
                    return series;
                }
                let gap = series.gap * 2;
                Series {
                    next: (now + gap).min(series.until),
                    gap,
                    ..series
                }
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn looks_grow_rarer_and_the_last_comes_when_nothing_can_land_any_more() {
        let mut watch = Watch::default();
        let start = Instant::now();
        watch.begin(start, Tempo::default());
        let mut looks = Vec::new();
        while let Some(next) = watch.next() {
            looks.push((next - start).as_secs());
            watch.looked(next);
        }
        assert_eq!(looks, [2, 6, 14, 30, 62, 126, 200]);
    }
}
