//! A full disk: one clear sentence, nothing lost, and the sync goes on once there is room.

use anyhow::{Result, ensure};
use coffer_tests::{Desk, Merchant, world};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A small file system of its own, taken away when dropped.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// `None` where this process may not mount anything.
    fn mount(kib: u32) -> Result<Option<Self>> {
        let folder = TempDir::new()?;
        let options = format!("size={kib}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output();
        Ok(mounted
            .is_ok_and(|it| it.status.success())
            .then_some(Self { folder }))
    }

    fn grow(&self, kib: u32) -> Result<()> {
        let options = format!("remount,size={kib}k");
        let grown = Command::new("mount")
            .args(["-o", &options])
            .arg(self.folder.path())
            .status()?;
        ensure!(grown.success(), "the small disk could not be made larger");
        Ok(())
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("-l")
            .arg(self.folder.path())
            .status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_the_sync_goes_on() -> Result<()> {
    let Some(disk) = SmallDisk::mount(1_500)? else {
        println!("skipped: this process may not mount a small disk");
        return Ok(());
    };
    let merchant = Merchant::start(world(9, 120)?)?;
    let plenty = Desk::new()?;
    plenty.add(&merchant)?;
    plenty.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let metrics = [
        "--json",
        "--mode",
        "test",
        "metrics",
        "--metric",
        "mrr",
        "--currency",
        "each",
    ];
    let expected = plenty.run(&metrics)?.well()?;

    // The account is added elsewhere and moved, so that the disk fills in the middle of the sync.
    let small = Desk::new()?;
    small.add(&merchant)?;
    let home = disk.path().join("home");
    std::fs::create_dir(&home)?;
    for entry in std::fs::read_dir(small.home())? {
        let entry = entry?;
        std::fs::copy(entry.path(), home.join(entry.file_name()))?;
    }
    let full = Desk::at(&home);
    let ended = full.run(&["--json", "--mode", "test", "sync"])?;
    ensure!(
        ended.code == Some(3),
        "an unfinished sync ends with 3: {ended:?}"
    );
    let account = ended.json()?["accounts"][0].clone();
    ensure!(
        account["complete"] == false && account["error"]["code"] == "disk_full",
        "{account}"
    );

    disk.grow(200_000)?;
    let again = full.run(&["--json", "--mode", "test", "sync"])?.well()?;
    ensure!(again["accounts"][0]["complete"] == true, "{again}");
    let found = full.run(&metrics)?.well()?;
    ensure!(
        found["series"] == expected["series"],
        "the same figures as on a disk with room"
    );
    Ok(())
}
