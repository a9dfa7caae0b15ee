//! `cargo xtask demo`: from a fresh checkout to a window on a simulated merchant.
//!
//! The merchant is synced once on this terminal, which shows the numbers and whether the keychain answers; then the
//! window opens on the same home. Where there is no display the page is served in a browser instead. Where there is no
//! keychain the keys of the simulated merchant are sealed with a passphrase that lies beside them, which is said: it
//! guards nothing but a simulation. The home lies among what was built and may be deleted at any time.

use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_rust, has_display, variable};
use crate::process::{hand_over, listen};
use crate::ui;
use crate::words::tell;
use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// What the first sync of a large merchant may take.
const FIRST_SYNC: Duration = Duration::from_secs(15 * 60);
/// Faults that a passphrase in place of the keychain mends.
const KEYCHAIN_FAULTS: [&str; 3] = [
    "no_secret_store",
    "keychain_unavailable",
    "database_wrong_key",
];

/// How the demo is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Numbers,
    Browser,
    Window,
}

/// Where the demo's files lie and how its keys are kept.
struct DemoHome {
    folder: PathBuf,
    passphrase: Option<String>,
}

pub(crate) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let shown = if options.has("--headless") {
        Shown::Numbers
    } else if has_display() {
        Shown::Window
    } else {
        Shown::Browser
    };
    let world = world(options)?;
    check_rust()?;
    packages::ensure(if shown == Shown::Window {
        For::Window
    } else {
        For::CommandLine
    })?;
    if shown != Shown::Numbers {
        ui::ensure_packages(place)?;
        ui::ensure_built(place)?;
    }
    build(place, shown)?;
    let home = first_sync(place, &world)?;
    let ended = match shown {
        Shown::Numbers => true,
        Shown::Browser => {
            tell("There is no display here, so the same page is served for a browser.");
            hand_over(home.coffer(place).arg("demo").args(&world))?
        }
        Shown::Window => {
            let mut window = Command::new(place.program("coffer-desktop"));
            hand_over(home.keys(window.arg("--demo").env("COFFER_HOME", &home.folder)))?
        }
    };
    Ok(if ended {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The flags that decide the merchant's world, as they were given.
fn world(options: &Options) -> Result<Vec<String>> {
    let mut flags = Vec::new();
    for name in ["--seed", "--customers"] {
        if let Some(number) = options.number(name)? {
            flags.extend([name.to_owned(), number.to_string()]);
        }
    }
    Ok(flags)
}

fn build(place: &Place, shown: Shown) -> Result<()> {
    tell("Building. The first time takes some minutes.");
    let mut arguments = vec!["build", "--package", "coffer-cli"];
    if shown == Shown::Window {
        arguments.extend(["--package", "coffer-desktop"]);
    }
    if !hand_over(&mut place.cargo(&arguments))? {
        bail!("the build failed; what it said stands above");
    }
    Ok(())
}

/// Syncs the merchant on this terminal and settles where its keys are kept.
fn first_sync(place: &Place, world: &[String]) -> Result<DemoHome> {
    let mut home = DemoHome::of(place, world)?;
    if home.passphrase.is_none() && !may_have_keychain() {
        home.seal()?;
    }
    if hand_over(&mut home.demo(place, world))? {
        return Ok(home);
    }
    let keychain_fails = home.passphrase.is_none()
        && listen(home.demo(place, world).arg("--json"), FIRST_SYNC).is_ok_and(|said| {
            KEYCHAIN_FAULTS
                .iter()
                .any(|code| said.text.contains(&format!("\"code\":\"{code}\"")))
        });
    if !keychain_fails {
        bail!("the simulated merchant could not be synced; what was said stands above");
    }
    tell("The keychain does not answer, so the demo begins anew without it.");
    std::fs::remove_dir_all(&home.folder)
        .with_context(|| format!("{} could not be removed", home.folder.display()))?;
    home.seal()?;
    if !hand_over(&mut home.demo(place, world))? {
        bail!("the simulated merchant could not be synced; what was said stands above");
    }
    Ok(home)
}

/// Whether it is worth asking the keychain. On Linux it is reached through the session's bus.
fn may_have_keychain() -> bool {
    variable("COFFER_SECRETS").is_some()
        || !cfg!(target_os = "linux")
        || variable("DBUS_SESSION_BUS_ADDRESS").is_some()
}

impl DemoHome {
    /// The home of a world; each world has its own, because a merchant once begun goes on as it is.
    fn of(place: &Place, world: &[String]) -> Result<Self> {
        let name = format!("demo-home{}", world.concat());
        let folder = place.built(&name);
        let passphrase = match std::fs::read_to_string(folder.join("passphrase")) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).context("the demo's passphrase could not be read"),
        };
        Ok(Self { folder, passphrase })
    }

    /// Makes a passphrase once and keeps it beside what it seals.
    fn seal(&mut self) -> Result<()> {
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("{} could not be made", self.folder.display()))?;
        let passphrase = random_word()?;
        let path = self.folder.join("passphrase");
        write_private(&path, &passphrase)
            .with_context(|| format!("{} could not be written", path.display()))?;
        tell(&format!(
            "No keychain is used here: the simulated merchant's key is sealed with a passphrase kept in {}.",
            path.display()
        ));
        self.passphrase = Some(passphrase);
        Ok(())
    }

    fn coffer(&self, place: &Place) -> Command {
        let mut command = Command::new(place.program("coffer"));
        command.arg("--home").arg(&self.folder);
        self.keys(&mut command);
        command
    }

    fn keys<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        match &self.passphrase {
            Some(passphrase) => command
                .env("COFFER_SECRETS", "file")
                .env("COFFER_PASSPHRASE", passphrase),
            None => command,
        }
    }

    /// The command line's own demo, which syncs, prints the numbers and ends.
    fn demo(&self, place: &Place, world: &[String]) -> Command {
        let mut command = self.coffer(place);
        command.args(["--quiet", "demo", "--headless"]).args(world);
        command
    }
}

/// 128 bits from the operating system, as letters and digits.
fn random_word() -> Result<String> {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut bytes = [0_u8; 16];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    if read.is_err() {
        // Systems without that file always have a keychain; the standard library's seeds are random all the same.
        for part in bytes.chunks_mut(8) {
            let seed = std::hash::RandomState::new()
                .build_hasher()
                .finish()
                .to_le_bytes();
            part.copy_from_slice(&seed);
        }
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}
