//! A disk that is full, and then is not, again and again, under a shop at work.
//!
//! Each single step of the store that can fail or tear is broken in `src/store/tests`, exhaustively and without a
//! disk. Here a real file system runs out of room under the real program.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    harness::shop::Shop,
    regulars::{self, Regulars},
    size::{Attack, figure},
};

/// A small file system of its own in memory; gone when dropped.
struct Volume {
    at: PathBuf,
    _folder: tempfile::TempDir,
}

impl Volume {
    /// None where mounting is not allowed.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("volume");
        std::fs::create_dir(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=32m,mode=0700", "tmpfs"]);
        let mounted = mount.arg(&at).output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then_some(Self {
            at,
            _folder: folder,
        })
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let mut size = 32 << 20;
        let mut ballast = std::fs::File::create(self.at.join("ballast")).unwrap();
        // In ever smaller pieces, down to the last byte.
        while size > 0 {
            if std::io::Write::write_all(&mut ballast, &vec![1; size]).is_err() {
                size /= 2;
            }
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.at.join("ballast")).unwrap();
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

async fn healthy(shop: &Shop, what: &str, test: impl Fn(u16, &serde_json::Value) -> bool) {
    let began = Instant::now();
    loop {
        let (code, health) = shop.bot.health().await;
        if test(code, &health) {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "in vain for {what}: {health}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Long form: `CAMPAIGN_FILLS=100`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_and_empties_again_loses_no_order() {
    let attack = Attack::begin("disk");
    let Some(volume) = Volume::mount() else {
        attack.says(
            "skipped: no file system may be mounted here; see lifecycle::on_a_full_disk_it_says_so_and_recovers",
        );
        return;
    };
    let fills: u32 = figure("FILLS", 5);
    let seed = attack.seed;
    let mut random = fastrand::Rng::with_seed(seed);
    let program = Path::new(env!("CARGO_BIN_EXE_order-bot"));
    let data = volume.at.join("data");
    let data_dir = data.to_str().unwrap().to_owned();
    let shop = Shop::start_changed(
        regulars::settings(seed),
        program,
        &["run"],
        async |_, all| {
            all.insert("DATA_DIR".to_owned(), data_dir);
        },
    );
    let mut shop = shop.await;
    let regulars = Regulars::begin(&shop, 10, seed);
    let watched = data.join("customers.json");
    let zoe = shop.customer("Zoe");
    for fill in 0..fills {
        tokio::time::sleep(Duration::from_millis(random.u64(50..400))).await;
        volume.fill();
        healthy(&shop, "failing", |code, health| {
            code == 503 && health["components"]["store"]["status"] == "failing"
        })
        .await;
        if fill == 0 {
            zoe.says("/help").await;
            zoe.reads("not lost").await;
        }
        tokio::time::sleep(Duration::from_millis(random.u64(0..1_500))).await;
        if let Ok(bytes) = std::fs::read(&watched) {
            let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert!(json["customers"].is_object(), "customers.json is whole");
        }
        let killed = random.bool();
        if killed {
            shop.bot.kill9().await;
        }
        volume.free();
        if killed {
            shop.bot.restart().await;
            regulars.restarted();
        }
        healthy(&shop, "all well again", |code, _| code == 200).await;
    }
    let told = shop.telegram.with(|state| {
        let told = |chat: i64| {
            let mut history = state.history(chat).iter();
            history.any(|message| message.is_from_bot() && message.text.contains("not lost"))
        };
        (500_001..500_011).filter(|chat| told(*chat)).count()
    });
    zoe.reads("in your own words").await;
    let tally = regulars.end(&mut shop).await;
    attack.says(format!(
        "{fills} full disks survived; {} orders placed, {told} of 10 customers told that they must wait",
        tally.placed
    ));
}
