//! What the operating system must bring, on Debian and those that follow it.
//!
//! Missing packages are listed, then installed where that is allowed; where it is not, one sentence says what to type.
//! On other systems nothing is touched.

use crate::process::hand_over;
use crate::words::tell;
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// What the engine and the command line are built with.
const ENGINE: &[&str] = &["build-essential", "libssl-dev", "pkg-config"];
/// What the window is built with beside that.
const WINDOW: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "libayatana-appindicator3-dev",
];
/// What the tests of the real window need to run.
const WINDOW_TESTS: &[&str] = &[
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "gnome-keyring",
    "dbus",
    "dbus-x11",
    "libsecret-tools",
    "libglib2.0-bin",
];

/// What packages are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// The command line alone.
    CommandLine,
    /// The window as well.
    Window,
    /// Every test, or all but those of the real window or of the browser.
    Tests {
        /// Those of the real window.
        window: bool,
        /// Those of the browser.
        browser: bool,
    },
}

fn wanted(purpose: For, browser_package: &'static str) -> Vec<&'static str> {
    let mut all = ENGINE.to_vec();
    if purpose != For::CommandLine {
        all.extend(WINDOW);
    }
    if let For::Tests { window, browser } = purpose {
        if window {
            all.extend(WINDOW_TESTS);
        }
        if browser && chromium().is_none() {
            all.push(browser_package);
        }
    }
    all
}

/// Sees to it that the packages are there.
pub(crate) fn ensure(purpose: For) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !Path::new("/usr/bin/dpkg-query").exists() {
        tell(
            "This is not Debian or one of its children: what the project needs from the system is yours to install; README.md has the list.",
        );
        return Ok(());
    }
    let wanted = wanted(purpose, browser_package());
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    tell(&format!("Missing from this system: {}", missing.join(" ")));
    install(&missing)?;
    let still = self::missing(&wanted)?;
    if !still.is_empty() {
        bail!("These packages could not be installed: {}", still.join(" "));
    }
    Ok(())
}

/// Those of the packages that are not installed.
fn missing(wanted: &[&'static str]) -> Result<Vec<&'static str>> {
    // It ends with 1 when it does not know one of the names, and still tells of the others.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .output()
        .context("`dpkg-query` could not be started")?;
    Ok(not_installed(
        wanted,
        &String::from_utf8_lossy(&output.stdout),
    ))
}

fn not_installed(wanted: &[&'static str], listing: &str) -> Vec<&'static str> {
    let installed: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// How this user may install: as root, through sudo without a question, or not at all.
fn install(packages: &[&str]) -> Result<()> {
    let prefix: &[&str] = if is_root() {
        &[]
    } else if succeeds("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        bail!(
            "Installing needs rights that this user has not got; run `sudo apt-get update && sudo apt-get install -y {}` and start again.",
            packages.join(" ")
        );
    };
    let apt = |arguments: &[&str]| -> Result<bool> {
        let mut words = prefix.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(arguments);
        let Some((program, rest)) = words.split_first() else {
            return Ok(false);
        };
        hand_over(Command::new(program).args(rest).stdin(Stdio::null()))
    };
    // A list that could not be refreshed may still know the packages.
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    if !apt(&arguments)? {
        bail!(
            "apt-get could not install {}; what it said stands above.",
            packages.join(" ")
        );
    }
    Ok(())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Ubuntu carries Chromium under another name.
fn browser_package() -> &'static str {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if system.lines().any(|line| line == "ID=ubuntu") {
        "chromium-browser"
    } else {
        "chromium"
    }
}

/// A browser of the Chromium family that is already here.
pub(crate) fn chromium() -> Option<&'static str> {
    const PLACES: &[&str] = &[
        "/usr/bin/chromium",
        "/usr/bin/google-chrome",
        "/usr/bin/google-chrome-stable",
        "/usr/bin/chromium-browser",
        "/snap/bin/chromium",
        "/usr/bin/microsoft-edge",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    PLACES
        .iter()
        .copied()
        .find(|place| Path::new(place).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_was_removed_counts_as_missing() {
        let listing = "build-essential installed\nlibssl-dev config-files\n";
        assert_eq!(not_installed(ENGINE, listing), ["libssl-dev", "pkg-config"]);
    }

    #[test]
    fn the_command_line_asks_for_nothing_of_the_window() {
        let few = wanted(For::CommandLine, "chromium");
        assert!(
            few.iter()
                .all(|name| !WINDOW.contains(name) && !WINDOW_TESTS.contains(name))
        );
        let all = wanted(
            For::Tests {
                window: true,
                browser: false,
            },
            "chromium",
        );
        assert!(WINDOW_TESTS.iter().all(|name| all.contains(name)));
    }
}
