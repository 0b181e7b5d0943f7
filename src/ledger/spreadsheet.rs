//! The spreadsheet's other tabs, through the same client: its tokens, its pace, its time limits.

use std::sync::Arc;

use super::fault::Fault;
use super::google::Google;
use super::settings::{GoogleSettings, SettingProblem};
use super::sheet::Tempo;
use crate::metrics::Metrics;

/// The spreadsheet that the rows go to.
#[derive(Debug, Clone)]
pub struct Spreadsheet(pub(super) Arc<Google>);

impl Spreadsheet {
    /// A client of its own, for a command beside the bot. Calls nobody yet.
    ///
    /// # Errors
    /// All settings that cannot be right.
    pub async fn new(
        settings: GoogleSettings,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Vec<SettingProblem>> {
        let google = Google::new(settings, Tempo::default(), metrics).await?;
        Ok(Self(Arc::new(google)))
    }

    /// The names of all tabs.
    ///
    /// # Errors
    /// Why they cannot be had.
    pub async fn tabs(&self) -> Result<Vec<String>, Fault> {
        Box::pin(self.0.tab_names()).await
    }

    /// The texts of a tab's first columns.
    ///
    /// # Errors
    /// Why they cannot be had.
    pub async fn read(&self, tab: &str) -> Result<Vec<Vec<String>>, Fault> {
        Box::pin(self.0.read_tab(tab)).await
    }

    /// Makes a tab.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub async fn make(&self, tab: &str) -> Result<(), Fault> {
        Box::pin(self.0.add_tab_named(tab)).await
    }

    /// Writes rows over a tab's from its first cell on; cells beyond them are emptied up to `height` rows.
    ///
    /// # Errors
    /// Why they cannot be written.
    pub async fn write(&self, tab: &str, rows: &[Vec<String>], height: usize) -> Result<(), Fault> {
        Box::pin(self.0.write_tab(tab, rows, height)).await
    }
}
