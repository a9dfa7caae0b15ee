//! How a filter becomes a question to the file: which index it walks along, what is left to look at row by row.

use super::{After, Reach, Sort, Wanted, listed_max, looked_max};
use crate::error::StoreError;
use crate::table::search::match_expression;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::filter::{Comparison, Day, Decimal, Key, List, Term, Test};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Hits of a word that are looked at.
const fn hits_max(list: List) -> u32 {
    match list {
        List::Customers => looked_max(list),
        _ => 10_000,
    }
}

const KNOWN: &str = "t.account IN (SELECT id FROM account)";

/// How the rows are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// All that there can be are few.
    Few,
    /// Along an index in order of this column.
    Along(&'static str),
}

/// A question to the file, in parts.
pub(super) struct Question {
    list: List,
    from: String,
    /// The index that gives a table of its own order, where the table is not left to find its way.
    hint: String,
    walk: Walk,
    /// What the index answers, and how many values belong to that; they stand first.
    indexed: Vec<String>,
    indexed_values: usize,
    /// What is left to look at row by row.
    left: Vec<String>,
    /// How many of these stand in every question.
    always: usize,
    values: Vec<Value>,
    /// What the order of time is limited to by the filter itself.
    pub(super) common_word: Option<String>,
}

/// The amount that a list shows and adds up. What customers are worth stands rounded, and is not added up from that.
const fn amount(list: List) -> &'static str {
    match list {
        List::Customers => "NULL",
        List::Payments | List::Disputes => "t.amount",
        List::Invoices => "t.total",
        List::Recovery => "t.amount_remaining",
        List::Subscriptions | List::Trials => "NULL",
    }
}

/// Amounts in thousandths of a major unit, so that those of different currencies stand in one order.
fn thousandths(list: List) -> String {
    match list {
        List::Customers => "t.sort_mrr".to_owned(),
        _ => in_thousandths(amount(list), "t.currency"),
    }
}

fn in_thousandths(amount: &str, currency: &str) -> String {
    let quoted = |codes: &[&str]| {
        let each: Vec<String> = codes.iter().map(|code| format!("'{code}'")).collect();
        each.join(",")
    };
    format!(
        "({amount} * CASE WHEN {currency} IN ({none}) THEN 1000 WHEN {currency} IN ({three}) THEN 1 ELSE 10 END)",
        none = quoted(&Currency::WITHOUT_DECIMALS),
        three = quoted(&Currency::WITH_THREE_DECIMALS),
    )
}

const fn customer(list: List) -> &'static str {
    match list {
        List::Disputes => "p.customer",
        _ => "t.customer",
    }
}

/// Where a list's ids stand.
const fn id(list: List) -> &'static str {
    match list {
        List::Customers => "t.customer",
        _ => "t.id",
    }
}

/// Where it stands when a list's objects were made.
const fn created(list: List) -> &'static str {
    match list {
        List::Customers => "t.sort_created",
        _ => "t.created",
    }
}

const fn table(list: List) -> &'static str {
    match list {
        List::Customers => "customer_summary",
        List::Subscriptions | List::Trials => "subscription",
        List::Payments => "payment",
        List::Invoices | List::Recovery => "invoice",
        List::Disputes => "dispute",
    }
}

const fn due(list: List) -> &'static str {
    match list {
        List::Disputes => "t.due_by",
        List::Trials => "t.trial_end",
        List::Recovery => "t.next_attempt",
        _ => "t.due",
    }
}

/// The other payment of what looks like one that was made twice: the same customer, amount and currency within a day, both
/// succeeded and nothing of either given back, unless they pay two invoices that are for different subscriptions or periods.
pub(super) const TWIN: &str = "SELECT o.id FROM payment o INDEXED BY payment_by_customer
  WHERE o.customer = t.customer AND o.created BETWEEN t.created - 86400 AND t.created + 86400
    AND o.account = t.account AND o.id <> t.id AND o.amount = t.amount AND o.currency = t.currency
    AND o.amount > 0 AND o.status = 'succeeded' AND o.amount_refunded = 0 AND o.deleted = 0
    AND t.status = 'succeeded' AND t.amount_refunded = 0
    AND NOT EXISTS (
      SELECT 1 FROM invoice i INDEXED BY invoice_by_customer
        CROSS JOIN invoice_payment x INDEXED BY invoice_payment_of_invoice
          ON x.account = i.account AND x.invoice = i.id AND x.deleted = 0
            AND (x.payment = t.id OR x.payment_intent = t.payment_intent)
        CROSS JOIN invoice j INDEXED BY invoice_by_customer ON j.customer = i.customer AND j.account = i.account AND j.id <> i.id
        CROSS JOIN invoice_payment y INDEXED BY invoice_payment_of_invoice
          ON y.account = j.account AND y.invoice = j.id AND y.deleted = 0
            AND (y.payment = o.id OR y.payment_intent = o.payment_intent)
      WHERE i.customer = t.customer AND i.account = t.account
        AND (i.subscription IS NOT j.subscription
          OR (SELECT min(l.period_start) FROM invoice_line l WHERE l.account = i.account AND l.invoice = i.id AND l.origin = 0)
            IS NOT (SELECT min(l.period_start) FROM invoice_line l WHERE l.account = j.account AND l.invoice = j.id AND l.origin = 0)))
  ORDER BY abs(o.created - t.created), o.id LIMIT 1";

/// Whether something was paid for a subscription after its trial; an hour is allowed for clocks.
pub(super) const CONVERTED: &str = "EXISTS (SELECT 1 FROM invoice v INDEXED BY invoice_by_customer
  WHERE v.customer = t.customer AND v.account = t.account AND v.subscription = t.id
    AND v.created >= t.trial_end - 3600 AND v.amount_paid > 0 AND v.deleted = 0)";

/// Whether the customer had a trial before this one.
pub(super) const AGAIN: &str =
    "EXISTS (SELECT 1 FROM subscription e INDEXED BY subscription_by_customer
  WHERE e.customer = t.customer AND e.account = t.account AND e.created < t.created
    AND e.trial_end IS NOT NULL AND e.deleted = 0)";

/// Words in which a dispute is not decided yet.
pub(super) const UNDECIDED: &str =
    "'needs_response','under_review','warning_needs_response','warning_under_review'";

impl Question {
    /// The question for what a list shows.
    pub(super) fn new(sql: &Connection, wanted: &Wanted<'_>) -> Result<Self, StoreError> {
        Self::made(sql, wanted, true)
    }

    /// The question for the whole list in order of when things were made.
    pub(super) fn whole(sql: &Connection, wanted: &Wanted<'_>) -> Result<Self, StoreError> {
        Self::made(sql, wanted, false)
    }

    fn made(sql: &Connection, wanted: &Wanted<'_>, to_show: bool) -> Result<Self, StoreError> {
        let mut it = Self {
            list: wanted.list,
            from: String::new(),
            hint: String::new(),
            walk: Walk::Few,
            indexed: Vec::new(),
            indexed_values: 0,
            left: vec![KNOWN.to_owned()],
            always: 0,
            values: Vec::new(),
            common_word: None,
        };
        // A customer that is gone keeps a row, which says so.
        if it.list != List::Customers {
            it.left.push("t.deleted = 0".to_owned());
        }
        it.always = it.left.len();
        let terms: Vec<&Term> = wanted.filter.terms.iter().collect();
        let answered = it.choose(sql, wanted, &terms, to_show)?;
        it.indexed_values = it.values.len();
        it.belongs(wanted.now);
        for (index, term) in terms.iter().enumerate() {
            if answered.contains(&index) {
                continue;
            }
            let condition = it.condition(sql, &term.test, wanted.now)?;
            it.left.push(if term.negated {
                format!("NOT coalesce({condition}, 0)")
            } else {
                condition
            });
        }
        Ok(it)
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    /// Chooses the index to walk along and says which terms it answers.
    fn choose(
        &mut self,
        sql: &Connection,
        wanted: &Wanted<'_>,
        terms: &[&Term],
        to_show: bool,
    ) -> Result<Vec<usize>, StoreError> {
        let name = table(self.list);
        match self.list {
            List::Disputes => {
                "dispute t LEFT JOIN payment p ON p.account = t.account AND p.id = t.payment"
                    .clone_into(&mut self.from);
                return Ok(Vec::new());
            }
            List::Recovery => {
                "invoice t INDEXED BY invoice_unsettled".clone_into(&mut self.from);
                return Ok(Vec::new());
            }
            List::Customers => return self.along_customers(sql, wanted, terms, to_show),
            _ => {}
        }
        for (index, term) in terms.iter().enumerate().filter(|(_, term)| !term.negated) {
            if let Test::Text(Key::Customer, id) = &term.test {
                let id = self.bind(id.clone());
                self.from = format!("{name} t INDEXED BY {name}_by_customer");
                self.indexed.push(format!("t.customer = {id}"));
                return Ok(vec![index]);
            }
        }
        if let Some(answered) = self.through_words(sql, terms)? {
            return Ok(answered);
        }
        if self.list == List::Trials {
            return Ok(self.along_trials(wanted, terms, to_show));
        }
        let mut answered = Vec::new();
        for (index, term) in terms.iter().enumerate().filter(|(_, term)| !term.negated) {
            if let Test::Among(Key::Status, words) = &term.test
                && let [word] = words.as_slice()
                && let Some(besides) = self.standing_index(word)
            {
                let word = self.bind(word.clone());
                self.from = format!("{name} t INDEXED BY {name}_standing");
                self.indexed.push(format!("t.status = {word}"));
                self.indexed.extend(besides.map(str::to_owned));
                answered.push(index);
                break;
            }
        }
        if answered.is_empty() {
            self.from = format!("{name} t INDEXED BY {name}_by_created");
        }
        self.walk = Walk::Along("t.created");
        answered.extend(self.within(terms, Key::Created, "t.created", wanted.now));
        Ok(answered)
    }

    /// Customers have an index for each order that their list has.
    fn along_customers(
        &mut self,
        sql: &Connection,
        wanted: &Wanted<'_>,
        terms: &[&Term],
        to_show: bool,
    ) -> Result<Vec<usize>, StoreError> {
        if let Some(answered) = self.through_words(sql, terms)? {
            return Ok(answered);
        }
        "customer_summary t".clone_into(&mut self.from);
        let order = match wanted.sort {
            Sort::Name if to_show => "name",
            Sort::Amount if to_show => "mrr",
            _ => "created",
        };
        self.hint = format!(" INDEXED BY customer_summary_by_{order}");
        self.walk = Walk::Along("t.sort_created");
        Ok(Vec::new())
    }

    /// Whether the index over standings holds a word, and what has to be said so that SQLite knows.
    fn standing_index(&self, word: &str) -> Option<Option<&'static str>> {
        match (self.list, word) {
            (List::Subscriptions, _) => Some(None),
            (List::Payments, "succeeded") | (List::Invoices, "paid") => None,
            (List::Payments, _) => Some(Some("t.status <> 'succeeded'")),
            (List::Invoices, _) => Some(Some("t.status <> 'paid'")),
            _ => None,
        }
    }

    fn along_trials(&mut self, wanted: &Wanted<'_>, terms: &[&Term], to_show: bool) -> Vec<usize> {
        for (index, term) in terms.iter().enumerate().filter(|(_, term)| !term.negated) {
            if let Test::Among(Key::Status, words) = &term.test
                && let [word] = words.as_slice()
                && word == "running"
            {
                "subscription t INDEXED BY subscription_standing".clone_into(&mut self.from);
                self.indexed.push("t.status = 'trialing'".to_owned());
                return vec![index];
            }
        }
        if !to_show {
            // What is written to a file is in order of when it was made.
            "subscription t INDEXED BY subscription_by_created".clone_into(&mut self.from);
            self.walk = Walk::Along("t.created");
            return self.within(terms, Key::Created, "t.created", wanted.now);
        }
        "subscription t INDEXED BY subscription_trial".clone_into(&mut self.from);
        self.indexed.push("t.trial_end IS NOT NULL".to_owned());
        self.walk = Walk::Along("t.trial_end");
        self.within(terms, Key::Ends, "t.trial_end", wanted.now)
    }

    /// Puts the bounds that terms set for a column to the index.
    fn within(&mut self, terms: &[&Term], key: Key, column: &str, now: Instant) -> Vec<usize> {
        let mut answered = Vec::new();
        for (index, term) in terms.iter().enumerate().filter(|(_, term)| !term.negated) {
            if let Test::Day(of, comparison, day) = &term.test
                && *of == key
            {
                let condition = self.day(column, key, *comparison, *day, now);
                self.indexed.push(condition);
                answered.push(index);
            }
        }
        answered
    }

    /// Goes through the index of words where a term's hits are few enough.
    fn through_words(
        &mut self,
        sql: &Connection,
        terms: &[&Term],
    ) -> Result<Option<Vec<usize>>, StoreError> {
        let own = match self.list {
            List::Customers => "customer",
            List::Subscriptions | List::Trials => "subscription",
            List::Payments => "payment",
            List::Invoices => "invoice",
            List::Disputes | List::Recovery => return Ok(None),
        };
        let mut best: Option<(u32, usize, String, bool)> = None;
        for (index, term) in terms.iter().enumerate().filter(|(_, term)| !term.negated) {
            let (text, is_word) = match &term.test {
                Test::Word(word) => (word, true),
                Test::Text(Key::Card, last4) => (last4, false),
                _ => continue,
            };
            let Some(expression) = match_expression(text) else {
                continue;
            };
            let hits = hits(sql, &expression, self.list)?;
            if hits > hits_max(self.list) {
                if is_word {
                    self.common_word = Some(text.clone());
                }
            } else if best.as_ref().is_none_or(|(fewest, ..)| hits < *fewest) {
                best = Some((hits, index, expression, is_word));
            }
        }
        let Some((_, index, expression, is_word)) = best else {
            return Ok(None);
        };
        self.common_word = None;
        let name = table(self.list);
        let most = hits_max(self.list);
        let expression = self.bind(expression);
        let found = format!(
            "(SELECT rowid FROM search_words WHERE search_words MATCH {expression} LIMIT {most}) m
             CROSS JOIN search_document d ON d.number = m.rowid"
        );
        let theirs = is_word && self.list != List::Customers;
        let through_theirs = format!(
            " UNION SELECT x.account, x.id FROM {found} AND d.kind = 'customer'
              CROSS JOIN {name} x INDEXED BY {name}_by_customer ON x.customer = d.id AND x.account = d.account"
        );
        self.from = format!(
            "(SELECT d.account, d.id FROM {found} WHERE d.kind = '{own}'{}) h
             CROSS JOIN {name} t ON t.account = h.account AND {} = h.id",
            if theirs { &through_theirs } else { "" },
            id(self.list)
        );
        // A card's digits are only the way there: a payment may have them in another place.
        Ok(Some(if is_word { vec![index] } else { Vec::new() }))
    }

    /// What makes a row one of the list at all.
    fn belongs(&mut self, now: Instant) {
        match self.list {
            List::Recovery => {
                let now = self.bind(now.timestamp());
                self.left.push(format!(
                    "t.status IN ('open', 'draft') AND t.status = 'open' AND t.amount_remaining > 0
                     AND (t.attempt_count > 0 OR t.due < {now})"
                ));
            }
            List::Trials => {
                let trial = "t.trial_end IS NOT NULL".to_owned();
                if !self.indexed.contains(&trial) {
                    self.left.push(trial);
                }
            }
            _ => {}
        }
    }

    fn condition(
        &mut self,
        sql: &Connection,
        test: &Test,
        now: Instant,
    ) -> Result<String, StoreError> {
        Ok(match test {
            Test::Word(word) => self.word(sql, word)?,
            Test::Among(key, values) => self.among(*key, values, now),
            Test::Text(key, text) => self.text(sql, *key, text)?,
            Test::Amount(key, comparison, amount) => self.amount(*key, *comparison, *amount),
            Test::Day(key, comparison, day) => {
                let column = match key {
                    Key::Created => created(self.list),
                    Key::Due if self.list == List::Recovery => "t.due",
                    _ => due(self.list),
                };
                self.day(column, *key, *comparison, *day, now)
            }
        })
    }

    fn word(&mut self, sql: &Connection, word: &str) -> Result<String, StoreError> {
        let Some(expression) = match_expression(word) else {
            return Ok("0".to_owned());
        };
        let most = hits_max(self.list);
        if hits(sql, &expression, self.list)? > most {
            self.common_word = Some(word.to_owned());
        }
        let expression = self.bind(expression);
        let found = |kind: &str| {
            format!(
                "(SELECT d.account, d.id FROM (SELECT rowid FROM search_words WHERE search_words MATCH {expression} LIMIT {most}) m
                  CROSS JOIN search_document d ON d.number = m.rowid WHERE d.kind = '{kind}')"
            )
        };
        let (own, id) = match self.list {
            List::Customers => {
                return Ok(format!("(t.account, t.customer) IN {}", found("customer")));
            }
            List::Subscriptions | List::Trials => ("subscription", "t.id"),
            List::Payments => ("payment", "t.id"),
            List::Invoices | List::Recovery => ("invoice", "t.id"),
            List::Disputes => ("payment", "t.payment"),
        };
        let mut condition = format!(
            "(t.account, {id}) IN {} OR (t.account, {}) IN {}",
            found(own),
            customer(self.list),
            found("customer")
        );
        if self.list == List::Disputes {
            let words = self.bind(word.to_lowercase());
            condition = format!(
                "{condition} OR t.id = {words} OR instr(replace(t.reason, '_', ' '), {words}) > 0"
            );
        }
        Ok(format!("({condition})"))
    }

    fn among(&mut self, key: Key, values: &[String], now: Instant) -> String {
        if matches!((key, self.list), (Key::Is, _) | (Key::Status, List::Trials)) {
            let each: Vec<String> = values.iter().map(|value| self.flag(value, now)).collect();
            return format!("({})", each.join(" OR "));
        }
        let bound: Vec<String> = values
            .iter()
            .map(|value| self.bind(value.clone()))
            .collect();
        let bound = bound.join(", ");
        match key {
            Key::Status if self.list == List::Customers => format!("t.standing IN ({bound})"),
            Key::Status => format!("t.status IN ({bound})"),
            Key::Currency if self.list == List::Customers => {
                self.of_customer(&format!("c.currency IN ({bound})"))
            }
            Key::Currency => format!("t.currency IN ({bound})"),
            Key::Provider => {
                format!("t.account IN (SELECT id FROM account WHERE provider IN ({bound}))")
            }
            _ => self.of_customer(&format!("c.country IN ({bound})")),
        }
    }

    /// What the customer of a row has to fulfil.
    fn of_customer(&self, condition: &str) -> String {
        format!(
            "EXISTS (SELECT 1 FROM customer c WHERE c.account = t.account AND c.id = {} AND {condition})",
            customer(self.list)
        )
    }

    fn flag(&mut self, word: &str, now: Instant) -> String {
        let text = match (self.list, word) {
            (List::Customers, "paying") => "t.sort_mrr > 0",
            (List::Customers, "noted") => {
                "EXISTS (SELECT 1 FROM note n WHERE n.account = t.account AND n.customer = t.customer)"
            }
            (List::Subscriptions, "discounted") => {
                "(t.discounts <> '[]' OR EXISTS (SELECT 1 FROM subscription_item i
                   WHERE i.account = t.account AND i.subscription = t.id AND i.discounts <> '[]'))"
            }
            (_, "ending") => {
                "(t.status NOT IN ('canceled', 'incomplete_expired') AND (t.cancel_at_period_end <> 0 OR t.cancel_at IS NOT NULL))"
            }
            (List::Subscriptions, "paused") => "(t.status = 'paused' OR t.pause <> 'null')",
            (_, "duplicate") => return format!("EXISTS ({TWIN})"),
            (_, "refunded") => "t.amount_refunded > 0",
            (_, "disputed") => "t.disputed <> 0",
            (_, "overdue") => {
                let now = self.bind(now.timestamp());
                return format!("(t.status = 'open' AND t.due < {now})");
            }
            (List::Invoices, "retrying") => "(t.status = 'open' AND t.next_attempt IS NOT NULL)",
            (List::Invoices, "subscription") => "t.subscription IS NOT NULL",
            (_, "open") => return format!("t.status IN ({UNDECIDED})"),
            (_, "closed") => return format!("t.status NOT IN ({UNDECIDED})"),
            (_, "retrying") => "t.next_attempt IS NOT NULL",
            (_, "given_up") => "(t.next_attempt IS NULL AND t.attempt_count > 0)",
            (_, "sent") => "t.attempt_count = 0",
            (_, "running") => "t.status = 'trialing'",
            (_, "converted") => {
                return format!("(t.status <> 'trialing' AND {CONVERTED})");
            }
            (_, "lost") => {
                return format!(
                    "(t.status IN ('canceled', 'incomplete_expired', 'unpaid', 'paused') AND NOT {CONVERTED})"
                );
            }
            (_, "again") => AGAIN,
            _ => "0",
        };
        text.to_owned()
    }

    fn text(&mut self, sql: &Connection, key: Key, text: &str) -> Result<String, StoreError> {
        Ok(match key {
            Key::Card => {
                let last4 = self.bind(text.to_owned());
                let column = if self.list == List::Disputes {
                    "p"
                } else {
                    "t"
                };
                format!("{column}.card_last4 = {last4}")
            }
            Key::Plan => {
                let prices = crate::table::to_json("price", &plans(sql, text)?)?;
                let prices = self.bind(prices);
                if self.list == List::Customers {
                    // Once they no longer run, subscriptions say nothing of what somebody has.
                    return Ok(format!(
                        "EXISTS (SELECT 1 FROM subscription s INDEXED BY subscription_by_customer
                           CROSS JOIN subscription_item l ON l.account = s.account AND l.subscription = s.id
                           WHERE s.customer = t.customer AND s.account = t.account AND s.deleted = 0
                             AND s.status NOT IN ('canceled', 'incomplete_expired')
                             AND l.price IN (SELECT value FROM json_each({prices})))"
                    ));
                }
                let (lines, owner) = match self.list {
                    List::Invoices | List::Recovery => ("invoice_line", "invoice"),
                    _ => ("subscription_item", "subscription"),
                };
                format!(
                    "EXISTS (SELECT 1 FROM {lines} l WHERE l.account = t.account AND l.{owner} = t.id
                       AND l.price IN (SELECT value FROM json_each({prices})))"
                )
            }
            Key::Email => {
                let part = self.bind(text.to_lowercase());
                self.of_customer(&format!("instr(lower(c.email), {part}) > 0"))
            }
            _ => {
                let id = self.bind(text.to_owned());
                format!("{} = {id}", customer(self.list))
            }
        })
    }

    fn amount(&mut self, key: Key, comparison: Comparison, amount: Decimal) -> String {
        let scale = 10_i64.pow(3_u32.saturating_sub(amount.places));
        let value = self.bind(amount.digits.saturating_mul(scale));
        let own = if key == Key::Paid {
            let each = in_thousandths(
                "json_extract(j.value, '$.minor')",
                "json_extract(j.value, '$.currency')",
            );
            format!("coalesce((SELECT max({each}) FROM json_each(t.paid) j), 0)")
        } else {
            thousandths(self.list)
        };
        format!("{own} {} {value}", sign(comparison))
    }

    /// Whole days: what is after a day begins with the next one.
    fn day(
        &mut self,
        column: &str,
        key: Key,
        comparison: Comparison,
        day: Day,
        now: Instant,
    ) -> String {
        let Some((start, after)) = day.seconds(now, key.looks_ahead()) else {
            return "0".to_owned();
        };
        match comparison {
            Comparison::Less => format!("{column} < {}", self.bind(start)),
            Comparison::MoreOrEqual => format!("{column} >= {}", self.bind(start)),
            Comparison::More => format!("{column} >= {}", self.bind(after)),
            Comparison::LessOrEqual => format!("{column} < {}", self.bind(after)),
            Comparison::Equal => {
                let (start, after) = (self.bind(start), self.bind(after));
                format!("({column} >= {start} AND {column} < {after})")
            }
        }
    }

    /// How far a walk may go, where all of it would be too far.
    pub(super) fn reach(
        &self,
        sql: &Connection,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Reach>, StoreError> {
        let Walk::Along(column) = self.walk else {
            return Ok(None);
        };
        let in_order = self.order_column(wanted.sort) == column;
        let has_an_index = in_order || self.list == List::Customers;
        if has_an_index && self.left.len() <= self.always {
            return Ok(None);
        }
        let older_left = !in_order || wanted.descending;
        let direction = if older_left { "DESC" } else { "ASC" };
        let text = format!(
            "SELECT {column} FROM {} WHERE {} ORDER BY {column} {direction} LIMIT 1 OFFSET {}",
            self.from,
            self.indexed_text(),
            looked_max(self.list),
        );
        let to = first_of(sql, &text, &self.values, self.indexed_values)?;
        let to = to.and_then(|to| Instant::from_timestamp(to, 0));
        Ok(to.map(|to| Reach {
            to,
            older_left,
            by_end: column == "t.trial_end",
        }))
    }

    fn indexed_text(&self) -> String {
        if self.indexed.is_empty() {
            "1".to_owned()
        } else {
            self.indexed.join(" AND ")
        }
    }

    fn all(&self, reach: Option<&Reach>) -> String {
        let mut all: Vec<String> = self.indexed.iter().chain(&self.left).cloned().collect();
        if let (Some(reach), Walk::Along(column)) = (reach, self.walk) {
            let sign = if reach.older_left { ">=" } else { "<=" };
            all.push(format!("{column} {sign} {}", reach.to.timestamp()));
        }
        all.join(" AND ")
    }

    fn order_column(&self, sort: Sort) -> &'static str {
        match sort {
            Sort::Created => created(self.list),
            Sort::Name => "t.sort_name",
            Sort::Amount => amount(self.list),
            Sort::Due => due(self.list),
        }
    }

    fn order(&self, wanted: &Wanted<'_>) -> String {
        let (way, back) = if wanted.descending {
            ("DESC", "ASC")
        } else {
            ("ASC", "DESC")
        };
        let column = self.order_column(wanted.sort);
        let key = match (wanted.sort, self.list) {
            (Sort::Amount, _) => format!("{} {way}", thousandths(self.list)),
            // What can still be answered comes first, by its deadline; then what is past, the latest first.
            (Sort::Due, List::Disputes) => {
                let now = wanted.now.timestamp();
                let ahead = format!(
                    "(t.status IN ('needs_response', 'warning_needs_response') AND t.due_by >= {now})"
                );
                format!(
                    "{ahead} DESC, CASE WHEN {ahead} THEN t.due_by END {way}, coalesce(t.due_by, t.created) DESC"
                )
            }
            (Sort::Due, List::Trials) | (Sort::Created | Sort::Name, _) => {
                format!("{column} {way}")
            }
            (Sort::Due, _) => format!("{column} IS NULL, {column} {way}"),
        };
        // The indexes over customers hold those that are alike in this order.
        let alike = if self.list == List::Customers {
            way
        } else {
            back
        };
        format!("{key}, {} {alike}", id(self.list))
    }

    /// The rows of a window.
    pub(super) fn window(
        &self,
        wanted: &Wanted<'_>,
        reach: Option<&Reach>,
        offset: u32,
        limit: u32,
    ) -> (String, Vec<Value>) {
        let mut values = self.values.clone();
        values.push(i64::from(limit).into());
        values.push(i64::from(offset).into());
        let text = format!(
            "SELECT t.account, {} FROM {}{} WHERE {} ORDER BY {} LIMIT ?{} OFFSET ?{}",
            id(self.list),
            self.from,
            self.hint,
            self.all(reach),
            self.order(wanted),
            values.len() - 1,
            values.len(),
        );
        (text, values)
    }

    /// Currency and amount of each row, one more than are listed.
    pub(super) fn amounts(&self, reach: Option<&Reach>) -> (String, Vec<Value>) {
        let currency = match self.list {
            List::Customers => "NULL",
            _ => "t.currency",
        };
        let text = format!(
            "SELECT {currency}, {} FROM {} WHERE {} LIMIT {}",
            amount(self.list),
            self.from,
            self.all(reach),
            listed_max(self.list) + 1,
        );
        (text, self.values.clone())
    }

    /// The second at which a piece ends that would otherwise look at too much.
    pub(super) fn end_of_piece(
        &self,
        sql: &Connection,
        after: Option<&After>,
    ) -> Result<Option<i64>, StoreError> {
        let Walk::Along(column) = self.walk else {
            return Ok(None);
        };
        let before = after.map_or_else(String::new, |after| {
            format!(" AND {column} <= {}", after.created)
        });
        let text = format!(
            "SELECT {column} FROM {} WHERE {}{before} ORDER BY {column} DESC LIMIT 1 OFFSET {}",
            self.from,
            self.indexed_text(),
            looked_max(self.list),
        );
        first_of(sql, &text, &self.values, self.indexed_values)
    }

    /// The rows of a piece, one more than asked for, with when they were made.
    pub(super) fn piece(
        &self,
        after: Option<&After>,
        end: Option<i64>,
        limit: u32,
    ) -> (String, Vec<Value>) {
        let mut values = self.values.clone();
        let mut conditions = self.all(None);
        let (id, created) = (id(self.list), created(self.list));
        if let Some(after) = after {
            values.push(after.id.clone().into());
            conditions = format!(
                "{conditions} AND {created} <= {at} AND ({created} < {at} OR {id} > ?{})",
                values.len(),
                at = after.created,
            );
        }
        if let Some(end) = end {
            conditions = format!("{conditions} AND {created} >= {end}");
        }
        values.push((i64::from(limit) + 1).into());
        let text = format!(
            "SELECT t.account, {id}, {created} FROM {}{} WHERE {conditions} ORDER BY {created} DESC, {id} LIMIT ?{}",
            self.from,
            self.hint,
            values.len(),
        );
        (text, values)
    }
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::More => ">",
        Comparison::MoreOrEqual => ">=",
    }
}

/// How many documents a word is in, counted to one more than are looked at.
fn hits(sql: &Connection, expression: &str, list: List) -> Result<u32, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM search_words WHERE search_words MATCH ?1 LIMIT ?2)",
        )?
        .query_row((expression, hits_max(list) + 1), |row| row.get(0))?)
}

fn first_of(
    sql: &Connection,
    text: &str,
    values: &[Value],
    used: usize,
) -> Result<Option<i64>, StoreError> {
    let mut statement = sql.prepare_cached(text)?;
    let mut rows = statement.query(params_from_iter(values.iter().take(used)))?;
    Ok(match rows.next()? {
        Some(row) => row.get(0)?,
        None => None,
    })
}

/// The prices that a text names: by their id, by their product's id, or by words of either's name.
fn plans(sql: &Connection, text: &str) -> Result<Vec<String>, StoreError> {
    let wanted = text.to_lowercase();
    let mut statement = sql.prepare_cached(
        "SELECT p.id, p.product, coalesce(p.nickname, ''), coalesce(d.name, '') FROM price p
         LEFT JOIN product d ON d.account = p.account AND d.id = p.product",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, product): (String, String) = (row.get(0)?, row.get(1)?);
        let names: String = format!("{} {}", row.get::<_, String>(2)?, row.get::<_, String>(3)?);
        if id == text || product == text || names.to_lowercase().contains(&wanted) {
            found.push(id);
        }
    }
    Ok(found)
}
