//! What a process uses, as Linux tells it.

use std::path::Path;

/// Resident memory of a process in MB.
pub fn memory(pid: u32) -> f64 {
    status(pid, "VmRSS:") / 1e3
}

/// Threads of a process.
pub fn threads(pid: u32) -> f64 {
    status(pid, "Threads:")
}

/// The first number in a line of `/proc/PID/status`.
fn status(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("no {name} in {status}"))
}

/// Files, sockets and pipes that a process has open.
pub fn files(pid: u32) -> f64 {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    f64::from(u32::try_from(open.count()).unwrap())
}

/// What the files in a folder and below it take, in MB. A file that goes away meanwhile counts nothing.
pub fn folder(dir: &Path) -> f64 {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return 0.0;
    };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => folder(&entry.path()),
        #[allow(clippy::cast_precision_loss)] // below 2^53
        Ok(data) => data.len() as f64 / 1e6,
        Err(_) => 0.0,
    };
    entries.flatten().map(size).sum()
}

/// The numbers of the journal's first and last segment.
pub fn segments(dir: &Path) -> Option<(u64, u64)> {
    let entries = std::fs::read_dir(dir.join("journal")).ok()?;
    let number = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        name.split('.').next()?.parse::<u64>().ok()
    };
    let numbers: Vec<u64> = entries.flatten().filter_map(number).collect();
    Some((*numbers.iter().min()?, *numbers.iter().max()?))
}
