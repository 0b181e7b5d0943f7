//! Blanking rows of an `orders.csv` that no ledger writes at the moment.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use crate::ledger::{COLUMNS, Row, spreadsheet_safe};

/// Puts these rows in the places of those with the same order ids; rows that do not stand there are not added. How
/// many were changed. The caller holds the data folder's lock, or the file has no other writer.
///
/// # Errors
/// The file cannot be read or written; it is then as it was.
pub fn blank_rows(path: &Path, rows: &[Row]) -> io::Result<usize> {
    let temporary = path.with_extension("csv.tmp");
    // A rewriting that a crash cut short.
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let old = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        old => old?,
    };
    let rows: HashMap<&str, &Row> = rows.iter().map(|row| (row.order_id(), row)).collect();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(io::BufReader::new(&old));
    let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut record = ByteRecord::new();
    let mut changed = 0;
    while reader.read_byte_record(&mut record)? {
        let id = std::str::from_utf8(record.get(0).unwrap_or_default()).unwrap_or_default();
        let Some(row) = rows.get(id) else {
            writer.write_byte_record(&record)?;
            continue;
        };
        let cells = row.cells().iter().map(|cell| spreadsheet_safe(cell));
        let mut fresh: ByteRecord = cells.map(|cell| cell.into_owned().into_bytes()).collect();
        record
            .iter()
            .skip(COLUMNS.len())
            .for_each(|cell| fresh.push_field(cell));
        changed += usize::from(fresh != record);
        writer.write_byte_record(&fresh)?;
    }
    if changed == 0 {
        return Ok(0);
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| io::Error::from(e.error().kind()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.set_permissions(old.metadata()?.permissions())?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(changed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_replaced_where_they_stand_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.csv");
        let header = COLUMNS.join(",");
        let line = |id: &str, name: &str| {
            format!("{id},t,done,7,{name},1,pickup,a,i,l,n,1,EUR,cash,local,t,mine")
        };
        let text = format!("{header}\n{}\n{}\n", line("A-1", "Ann"), line("A-2", "Bob"));
        fs::write(&path, &text).unwrap();
        let blank = |id: &str| {
            let mut cells: [String; COLUMNS.len()] = Default::default();
            id.clone_into(&mut cells[0]);
            Row::new(cells)
        };
        assert_eq!(blank_rows(&path, &[blank("A-1"), blank("A-9")]).unwrap(), 1);
        let now = fs::read_to_string(&path).unwrap();
        assert!(!now.contains("Ann") && now.contains("Bob") && !now.contains("A-9"));
        assert_eq!(
            now.lines().nth(1).unwrap(),
            format!("A-1{}mine", ",".repeat(16))
        );
        assert_eq!(
            blank_rows(&path, &[blank("A-1")]).unwrap(),
            0,
            "nothing is written twice"
        );
        assert_eq!(blank_rows(&folder.path().join("none"), &[]).unwrap(), 0);
    }
}
