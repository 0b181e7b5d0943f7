//! Somebody who reads `customers.json` all the time.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::harness::shop::Shop;

/// Reads `customers.json` in a loop: once it is there, it is there and whole at every instant.
pub struct Watcher {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<u64>,
}

impl Watcher {
    pub fn begin(shop: &Shop) -> Self {
        let path = shop.data_dir().join("customers.json");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let (mut looks, mut there) = (0, false);
            while !stopped.load(Ordering::SeqCst) {
                match std::fs::read(&path) {
                    Ok(bytes) => {
                        there = true;
                        looks += 1;
                        check(&bytes);
                    }
                    // At the end of a test that failed, the folder is gone.
                    Err(_) if !path.parent().is_some_and(Path::exists) => break,
                    Err(_) => assert!(!there, "customers.json is gone"),
                }
                thread::sleep(Duration::from_millis(1));
            }
            looks
        });
        Self { stop, thread }
    }

    /// How often it looked.
    pub fn end(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        let looks = self.thread.join();
        let looks = looks.expect("customers.json was whole each time");
        assert!(looks > 0, "customers.json was never there");
        looks
    }
}

fn check(bytes: &[u8]) {
    let json: Value = serde_json::from_slice(bytes).expect("customers.json is JSON at any time");
    assert_eq!(json["version"], 1);
    assert!(json["customers"].is_object());
}
