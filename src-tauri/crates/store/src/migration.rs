//! Steps from one format of the file to the next, each all or nothing, none ever edited.
//!
//! The format is SQLite's `user_version`. Each step gathers the statements that stand beside their tables.

use crate::error::StoreError;
use crate::table;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Every step in order; the format of a file is how many of them it has gone through.
const STEPS: &[&[&str]] = &[
    &STEP_1, &STEP_2, &STEP_3, &STEP_4, &STEP_5, &STEP_6, &STEP_7,
];

const STEP_1: [&str; 13] = [
    table::meta::SCHEMA_1,
    table::account::SCHEMA_1,
    table::stretch::SCHEMA_1,
    crate::raw::SCHEMA_1,
    table::customer::SCHEMA_1,
    table::catalog::SCHEMA_1,
    table::subscription::SCHEMA_1,
    table::invoice::SCHEMA_1,
    table::invoice_item::SCHEMA_1,
    table::payment::SCHEMA_1,
    table::dirty::SCHEMA_1,
    table::summary::SCHEMA_1,
    table::search::SCHEMA_1,
];

/// Lists walked in stretches, the kinds that complete a merchant's records, and what proves them whole.
const STEP_2: [&str; 17] = [
    table::meta::SCHEMA_2,
    table::account::SCHEMA_2,
    table::stretch::SCHEMA_2,
    crate::raw::SCHEMA_2,
    table::customer::SCHEMA_2,
    table::subscription::SCHEMA_2,
    table::invoice::SCHEMA_2,
    table::invoice_item::SCHEMA_2,
    table::payment::SCHEMA_2,
    table::schedule::SCHEMA_2,
    table::credit::SCHEMA_2,
    table::checkout::SCHEMA_2,
    table::notice::SCHEMA_2,
    table::reads::SCHEMA_2,
    table::gone::SCHEMA_2,
    table::mismatch::SCHEMA_2,
    table::search::SCHEMA_2,
];

/// What figures are made of, before and after a policy has looked at it.
const STEP_3: [&str; 3] = [
    table::facts::SCHEMA_3,
    table::rollup::SCHEMA_3,
    table::cash::SCHEMA_3,
];

/// Rollups of parts, test clocks, and what is agreed to follow.
const STEP_4: [&str; 5] = [
    table::dirty::SCHEMA_4,
    table::rollup::SCHEMA_4,
    table::account::SCHEMA_4,
    table::schedule::SCHEMA_4,
    table::facts::SCHEMA_4,
];

/// The outbox and the action log.
const STEP_5: [&str; 3] = [
    table::operation::SCHEMA_5,
    table::action_log::SCHEMA_5,
    table::setting::SCHEMA_5,
];

/// Whom this program asked; and for the lists of the desk, indexes over what is rare among many rows.
const STEP_6: [&str; 4] = [
    table::contact::SCHEMA_6,
    table::subscription::SCHEMA_6,
    table::invoice::SCHEMA_6,
    table::payment::SCHEMA_6,
];

/// What somebody wrote about a customer or a day, and documents that are kept for when there is no network.
const STEP_7: [&str; 3] = [
    table::note::SCHEMA_7,
    table::annotation::SCHEMA_7,
    table::invoice_document::SCHEMA_7,
];

/// The file's format, which must be one that is known here.
pub(crate) fn known(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(found)
}

/// Brings the file to the newest format.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let newest = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if known(connection, path)? == newest {
        return Ok(());
    }
    // Another process may be doing the same: the format is read again once the lock is held.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        for statements in *step {
            transaction.execute_batch(statements)?;
        }
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {newest}"))?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{STEP_1, STEPS};
    use crate::query::{customers, lists, object, weight};
    use crate::store::{Read, Store};
    use crate::table::{account, meta, search, stretch};
    use crate::{DatabaseKey, derive_some};
    use coffer_domain::Instant;
    use coffer_domain::ids::{AccountId, CustomerId};
    use coffer_domain::mode::Test;
    use coffer_domain::record::Kind;
    use coffer_domain::sync::{Plan, Standing, Stretch, plan};
    use std::path::Path;
    use std::sync::Arc;

    /// What a file of the first format may hold, in that format's own words.
    const FORMER: &str = r#"
        INSERT INTO meta VALUES (1, 'test', 41, 3000000000);
        INSERT INTO account VALUES ('acct_1', 'stripe', 'Acme', NULL, 'restricted', 'abcd', NULL, NULL, 'usd',
          '[{"resource":"customers","label":"Customers","granted":true}]', 5, 900, 1, 800, 3);
        INSERT INTO sync_cursor VALUES ('acct_1', 'customers', 'cus_1', 1), ('acct_1', 'invoices', 'in_7', 0);
        INSERT INTO raw_object VALUES
          ('acct_1', 'customers', 'cus_1', 0, 14, CAST('{"id":"cus_1"}' AS BLOB), 'v', 9, 3, 0),
          ('acct_1', 'customers', 'cus_2', 0, 14, CAST('{"id":"cus_2"}' AS BLOB), 'v', 9, 2, 1),
          ('acct_1', 'invoices', 'in_7', 0, 13, CAST('{"id":"in_7"}' AS BLOB), 'v', 9, 3, 0);
        INSERT INTO customer VALUES
          ('acct_1', 'cus_1', 'Dana', 'dana@post.example', NULL, 700, NULL, NULL, 0, 0);
        INSERT INTO invoice VALUES ('acct_1', 'in_7', 'NR-7', 'cus_1', 'sub_1', 'paid', NULL, 'usd', 750, 100, 100, 100,
          100, 0, 1, NULL, NULL, 760, NULL, NULL, '[]', 0);
        INSERT INTO invoice_line VALUES ('acct_1', 'in_7', 0, 'il_1', 100, 'usd', NULL, NULL, NULL, NULL, NULL, 1,
          700, 800, 3, 100, 0);
        INSERT INTO subscription VALUES ('acct_1', 'sub_1', 'cus_1', 'canceled', 'usd', 700, 700, NULL, NULL, NULL, 0,
          NULL, 800, '[]', 'null', NULL, 0, 0);
        INSERT INTO observation VALUES ('acct_1', 'sub_1', 710, '[]', '[]', 0);
        INSERT INTO payment VALUES ('acct_1', 'ch_1', 'cus_1', NULL, 100, 'usd', 0, 'succeeded', 755, NULL, NULL, NULL,
          NULL, 0, NULL, NULL, 0);
        INSERT INTO invoice_payment VALUES ('acct_1', 'inpay_1', 'in_7', NULL, 'ch_1', 100, 'usd', 'paid', 756, 0);
        INSERT INTO dirty_customer VALUES ('acct_1', 'cus_1');
        INSERT INTO search_document (account, kind, id, customer, title, detail, words)
          VALUES ('acct_1', 'customer', 'cus_1', 'cus_1', 'Dana', 'dana@post.example', 'dana@post.example cus_1');
    "#;

    fn key() -> DatabaseKey {
        DatabaseKey::new([3; 32])
    }

    fn file_of_the_first_format(home: &Path) {
        let path = Store::<Test>::path_in(home);
        let connection = crate::file::open_writer(&path, &key()).unwrap();
        for statements in STEP_1 {
            connection.execute_batch(statements).unwrap();
        }
        connection.execute_batch("PRAGMA user_version = 1").unwrap();
        connection.execute_batch(FORMER).unwrap();
    }

    fn read<T>(
        store: &Store<Test>,
        question: impl FnOnce(&Read<'_>) -> Result<T, crate::StoreError>,
    ) -> T {
        store.read(question).unwrap()
    }

    fn account() -> AccountId {
        AccountId::new("acct_1")
    }

    #[test]
    fn a_file_of_the_first_format_keeps_everything() {
        let home = tempfile::TempDir::new().unwrap();
        file_of_the_first_format(home.path());
        let store: Store<Test> = Store::open(home.path(), &key(), Arc::new(|_| {})).unwrap();
        assert_eq!(store.revision(), 41);
        assert_eq!(read(&store, |read| meta::projection(read.sql())), 1);
        let row = read(&store, |read| account::one(read.sql(), &account())).unwrap();
        assert_eq!(
            (row.walk, row.complete, row.raw, row.swept_at),
            (3, true, None, None)
        );
        assert_eq!(row.permissions[0].access, "read");
        let counts: Vec<_> = read(&store, |read| weight::kinds(read.sql(), None))
            .into_iter()
            .map(|it| {
                (
                    it.kind,
                    it.stored,
                    it.deleted,
                    it.plain_bytes,
                    it.kept_bytes,
                )
            })
            .collect();
        assert_eq!(
            counts,
            [
                (Kind::Customers, 1, 1, 28, 28),
                (Kind::Invoices, 1, 0, 13, 13)
            ]
        );
        let found = read(&store, |read| search::find(read.sql(), "dan", 5));
        assert_eq!(found.len(), 1, "what was in the index of words stays in it");
        let fetched =
            |read: &Read<'_>, id| object::fetched_at(read.sql(), &account(), Kind::Customers, id);
        assert_eq!(
            read(&store, |it| fetched(it, "cus_1")),
            Instant::from_timestamp(0, 0)
        );
        assert_eq!(read(&store, |it| fetched(it, "cus_2")), None);
        let asked = store.write(meta::begin_asking).unwrap();
        assert_eq!(asked, 4_000_000_000);
    }

    #[test]
    fn a_walk_of_the_first_format_goes_on_where_it_stood() {
        let home = tempfile::TempDir::new().unwrap();
        file_of_the_first_format(home.path());
        let store: Store<Test> = Store::open(home.path(), &key(), Arc::new(|_| {})).unwrap();
        let stretches = read(&store, |read| stretch::of_account(read.sql(), &account()));
        let begun = Stretch {
            after: Some("in_7".into()),
            ..Stretch::whole(Kind::Invoices)
        };
        let done = Stretch {
            after: Some("cus_1".into()),
            done: true,
            ..Stretch::whole(Kind::Customers)
        };
        assert_eq!(stretches, [done, begun.clone()]);
        let at = |seconds| Instant::from_timestamp(seconds, 0);
        let standing = Standing {
            stretches,
            changes_from: at(800),
        };
        let kinds = [Kind::Customers, Kind::Invoices];
        assert_eq!(
            plan(&standing, &kinds, false, at(900).unwrap()),
            Plan::Walk {
                stretches: vec![begun],
                from_scratch: false
            }
        );
    }

    #[test]
    fn what_follows_from_a_file_of_the_first_format_is_worked_out() {
        let home = tempfile::TempDir::new().unwrap();
        file_of_the_first_format(home.path());
        let store: Store<Test> = Store::open(home.path(), &key(), Arc::new(|_| {})).unwrap();
        let now = Instant::from_timestamp(1_000, 0).unwrap();
        while store
            .write(move |write| derive_some(write, 5, now))
            .unwrap()
            > 0
        {}
        let dossier = read(&store, |read| {
            customers::dossier(read.sql(), &CustomerId::new("cus_1"))
        })
        .unwrap();
        let invoice = &dossier.invoices[0];
        assert_eq!((invoice.subtotal, invoice.lines.len()), (100, 1));
        assert_eq!((invoice.paid_elsewhere, invoice.touches_ledger), (0, false));
        assert_eq!((dossier.customer.balance, dossier.payments.len()), (0, 1));
        let wanted = lists::Wanted {
            parent: Some("sub_1".into()),
            limit: 5,
            ..lists::Wanted::default()
        };
        let (bills, _) = read(&store, |read| {
            lists::page(read.sql(), lists::List::Invoices, &wanted)
        });
        assert_eq!(bills.len(), 1);
        let found = read(&store, |read| {
            crate::proof::whole(read.sql(), &account(), &Kind::ALL)
        });
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_file_that_went_through_the_steps_is_like_a_new_one() {
        let (old, new) = (
            tempfile::TempDir::new().unwrap(),
            tempfile::TempDir::new().unwrap(),
        );
        file_of_the_first_format(old.path());
        let schema = |home: &Path| {
            let store: Store<Test> = Store::open(home, &key(), Arc::new(|_| {})).unwrap();
            read(&store, |read| {
                let version: i64 = read
                    .sql()
                    .query_row("PRAGMA user_version", [], |row| row.get(0))?;
                let mut statement = read.sql().prepare(
                    "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name",
                )?;
                let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
                Ok((version, rows.collect::<Result<Vec<_>, _>>()?))
            })
        };
        let (old, new) = (schema(old.path()), schema(new.path()));
        assert_eq!(old, new);
        assert_eq!(usize::try_from(old.0).unwrap(), STEPS.len());
        assert!(old.1.iter().all(|line| !line.starts_with("sync_cursor")));
    }
}
