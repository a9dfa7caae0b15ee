//! A backup holds everything, opens with its passphrase alone, and is brought back whole or not at all.

use crate::acts::{Act, Shelf, accepted};
use crate::support::{Shop, world};
use coffer_engine::backup::make;
use coffer_engine::books::Books;
use coffer_engine::desk::{AnyBooks, SecretsChoice};
use coffer_engine::domain::mode::{ModeName, Test};
use coffer_engine::domain::outbox::State;
use coffer_engine::home::Home;
use coffer_engine::secrets::{SealedFile, Secrets as _};
use coffer_engine::store::query::weight;
use coffer_engine::store::table::{action_log, operation};
use coffer_engine::{Desk, DeskOptions, EngineError};
use secrecy::SecretString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn words() -> SecretString {
    secret("three blue umbrellas")
}

/// A desk of somebody else, who has nothing yet.
fn elsewhere(folder: &Path) -> Desk {
    let passphrase = secret("another machine's own");
    let options = DeskOptions::new(folder.to_owned(), SecretsChoice::Passphrase(passphrase));
    Desk::open(options).unwrap()
}

async fn test_books(desk: &Desk) -> Arc<Books<Test>> {
    match desk.books(ModeName::Test).await.unwrap() {
        Some(AnyBooks::Test(books)) => books,
        _ => panic!("there is a file of test mode"),
    }
}

fn weights(books: &Books<Test>) -> Vec<(String, u64)> {
    let all = books.store.read(|read| weight::kinds(read.sql(), None));
    let all = all.unwrap().into_iter();
    all.map(|it| (format!("{:?}", it.kind), it.stored))
        .collect()
}

async fn backed_up(shop: &Shop, to: &Path) -> PathBuf {
    let (books, file) = (Arc::clone(&shop.books), to.join("shop.backup"));
    let made = tokio::task::spawn_blocking(move || make(&books, &file, &words()));
    made.await.unwrap().unwrap().file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_backed_up_is_there_on_another_machine_and_sends_nothing_unseen() {
    let shop = Shop::of(world(91, 60)).await;
    shop.whole().await;
    let mut shelf = Shelf::of(&shop);
    let row = accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await;
    assert_eq!(row.progress.state, State::Queued);
    let (disk, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = backed_up(&shop, disk.path()).await;
    let text = fs::read(&file).unwrap();
    for plain in [
        "SQLite format 3",
        "three blue umbrellas",
        shop.merchant.key(),
    ] {
        let found = text.windows(plain.len()).any(|it| it == plain.as_bytes());
        assert!(!found, "`{plain}` does not stand in it");
    }
    assert_eq!(
        fs::read_dir(disk.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let desk = elsewhere(there.path());
    let back = desk.bring_back(file, words()).await.unwrap();
    assert_eq!((back.mode, back.aside), (ModeName::Test, None));
    let books = test_books(&desk).await;
    assert_eq!(weights(&books), weights(&shop.books));
    let id = row.id.clone();
    let kept = books
        .store
        .read(|read| operation::one(read.sql(), &id))
        .unwrap()
        .unwrap();
    assert_eq!(
        kept.progress.state,
        State::Unknown,
        "what waited may have been sent since, and is looked for first"
    );
    assert!(
        books
            .store
            .read(|read| Ok(action_log::head(read.sql())?.seq > 0))
            .unwrap()
    );
    assert!(
        fs::read_dir(there.path()).unwrap().all(|it| !it
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("backup-copy")),
        "nothing is left beside it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_that_was_there_is_moved_aside_and_stays_whole() {
    let shop = Shop::of(world(92, 30)).await;
    shop.whole().await;
    let disk = TempDir::new().unwrap();
    let file = backed_up(&shop, disk.path()).await;
    let before = weights(&shop.books);
    shop.touch("customers", 5);
    shop.whole().await;
    let after = weights(&shop.books);
    let folder = shop.folder.path().to_owned();
    let own = || {
        let passphrase = secret("a test's own");
        let options = DeskOptions::new(folder.clone(), SecretsChoice::Passphrase(passphrase));
        Desk::open(options).unwrap()
    };
    let busy = own().bring_back(file.clone(), words()).await.unwrap_err();
    assert_eq!(busy.code().as_str(), "database_locked", "{busy}");
    assert_eq!(weights(&shop.books), after, "nothing was changed");
    let Shop {
        merchant,
        desk,
        books,
        folder: kept_folder,
        ..
    } = shop;
    drop((desk, books));
    let back = own().bring_back(file, words()).await.unwrap();
    let aside = back.aside.unwrap();
    assert_eq!(weights(&*test_books(&own()).await), before);
    fs::rename(&aside, folder.join("test.db")).unwrap();
    assert_eq!(weights(&*test_books(&own()).await), after);
    drop((merchant, kept_folder));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_whole_backup_is_refused_and_leaves_everything_as_it_was() {
    let shop = Shop::of(world(93, 20)).await;
    shop.whole().await;
    let (disk, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = backed_up(&shop, disk.path()).await;
    let whole = fs::read(&file).unwrap();
    let desk = elsewhere(there.path());
    let wrong = desk
        .bring_back(file.clone(), secret("three red umbrellas"))
        .await;
    assert_eq!(wrong.unwrap_err().code().as_str(), "wrong_passphrase");
    let refused = |name: &str, bytes: &[u8]| {
        let path = disk.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 1;
    for (name, bytes, code) in [
        ("empty", &[][..], "usage"),
        ("text", &b"coffer backup 1\nnot at all"[..], "usage"),
        ("short", &whole[..whole.len() - 4096], "usage"),
        ("flipped", &flipped[..], "database_damaged"),
    ] {
        let error = desk
            .bring_back(refused(name, bytes), words())
            .await
            .unwrap_err();
        assert_eq!(error.code().as_str(), code, "{name}: {error}");
        assert!(
            desk.books(ModeName::Test).await.unwrap().is_none(),
            "{name}"
        );
    }
    let books = Arc::clone(&shop.books);
    let (again, other) = (file.clone(), disk.path().join("other"));
    let taken = tokio::task::spawn_blocking(move || {
        let short = make(&books, &other, &secret("short")).unwrap_err();
        (make(&books, &again, &words()).unwrap_err(), short)
    });
    let (taken, short) = taken.await.unwrap();
    assert!(matches!(taken, EngineError::Usage(_)), "{taken}");
    assert!(matches!(short, EngineError::Usage(_)), "{short}");
    assert_eq!(fs::read(&file).unwrap(), whole, "nothing was written over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_takes_the_place_of_a_file_that_cannot_be_opened_any_more() {
    let shop = Shop::of(world(94, 20)).await;
    shop.whole().await;
    let disk = TempDir::new().unwrap();
    let file = backed_up(&shop, disk.path()).await;
    let before = weights(&shop.books);
    let folder = shop.folder.path().to_owned();
    let passphrase = || secret("a test's own");
    let own = || {
        let options = DeskOptions::new(folder.clone(), SecretsChoice::Passphrase(passphrase()));
        Desk::open(options).unwrap()
    };
    let Shop {
        merchant,
        desk,
        books,
        folder: kept_folder,
        ..
    } = shop;
    drop((desk, books));

    // A disk that went bad, and a log of the bad file beside it that must not be taken for the copy's.
    let (path, log) = (folder.join("test.db"), folder.join("test.db-wal"));
    let bad = vec![7_u8; 20_000];
    fs::write(&path, &bad).unwrap();
    fs::write(&log, b"what was not yet written into it").unwrap();
    assert!(own().books(ModeName::Test).await.is_err());
    let back = own().bring_back(file.clone(), words()).await.unwrap();
    let aside = back.aside.unwrap();
    assert_eq!(fs::read(&aside).unwrap(), bad, "what was there is kept");
    assert_eq!(weights(&*test_books(&own()).await), before);

    // A keychain that forgot.
    let secrets = SealedFile::open(&folder, passphrase()).unwrap();
    let home = Home::open(&folder).unwrap();
    secrets
        .forget(ModeName::Test, &home.database_secret())
        .unwrap();
    let lost = own().books(ModeName::Test).await.err().unwrap();
    assert_eq!(lost.code().as_str(), "database_wrong_key", "{lost}");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let back = own().bring_back(file, words()).await.unwrap();
    assert!(back.aside.unwrap().exists());
    assert_eq!(weights(&*test_books(&own()).await), before);
    drop((merchant, kept_folder));
}
