//! Commands that do something at a provider: what would happen is shown, the question is put, and what was accepted is sent.
//!
//! What is accepted is exactly what was shown. In test mode nothing is asked; in live mode a script says `--yes`.

use crate::args::{
    ActArgs, Cli, Command, CustomerCommand, InvoiceArgs, InvoiceCommand, PlanChangeArgs,
};
use crate::command::consent::who;
use crate::command::outbox::{ended, show};
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::types::{AddedItem, CreditedLine, OperationPreview, OperationView, Wish};
use coffer_engine::api::{carry_out, preview};
use coffer_engine::books::Books;
use coffer_engine::domain::mode::{Mode, ModeName};
use coffer_engine::domain::outbox::State;
use coffer_engine::outbox::{
    Proposed, RunOptions, Who, accept, keep_mark, operation_view, propose, propose_undo,
};
use coffer_engine::providers::ClientOptions;
use coffer_engine::store::table::operation;
use coffer_engine::{EngineError, with_books};
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;

pub(crate) async fn run(cli: &Cli, output: &Output) -> Result<Ended, Failure> {
    let (wish, act, only_preview) = wish(&cli.command)?;
    let desk = desk(cli)?;
    let client = desk.client_options().clone();
    with_books!(books(&desk, mode(cli)).await?, books => {
        let proposed = propose(&books, wish, &client, act.offline).await?;
        go(cli, &books, proposed, (act, only_preview), client, output).await
    })
}

/// Takes back what an operation did.
pub(super) async fn undo(
    cli: &Cli,
    id: &str,
    act: &ActArgs,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let client = desk.client_options().clone();
    with_books!(books(&desk, mode(cli)).await?, books => {
        let proposed = propose_undo(&books, id, &client, act.offline).await?;
        go(cli, &books, proposed, (act, false), client, output).await
    })
}

/// Shows what would be done, puts the question, accepts and sends.
async fn go<M: Mode>(
    cli: &Cli,
    books: &Arc<Books<M>>,
    proposed: Proposed,
    (act, only_preview): (&ActArgs, bool),
    client: ClientOptions,
    output: &Output,
) -> Result<Ended, Failure> {
    let own = Arc::clone(books);
    if let Some(fault) = blocking(move || Ok(own.log_at_start()?.fault())).await? {
        output.note(&format!("warning: {fault}"));
    }
    let shown = preview(books, proposed.clone()).await?;
    if act.dry_run || only_preview {
        return would(&shown, only_preview, output);
    }
    let who = who(&act.who, shown.needs_operator)?;
    let typed = agreed(mode(cli), &shown, act, output)?;
    let row = keep(books, proposed, act, who, typed).await?;
    if !act.offline && row.progress.state == State::Queued {
        let options = RunOptions {
            only: Some(row.id.clone()),
            at_once: true,
            client,
        };
        if let Err(error) = carry_out(books, options).await {
            // It is accepted all the same; how it stands is told below.
            output.note(&format!("warning: {error}"));
        }
    } else {
        let own = Arc::clone(books);
        blocking(move || keep_mark(&own)).await?;
    }
    let view = current(books, &row.id).await?;
    tell(mode(cli), &view, output)?;
    Ok(ended(&view))
}

async fn keep<M: Mode>(
    books: &Arc<Books<M>>,
    proposed: Proposed,
    act: &ActArgs,
    who: Who,
    typed: Option<String>,
) -> Result<operation::OperationRow, Failure> {
    let (own, words) = (Arc::clone(books), act.note.clone());
    blocking(move || accept(&own, &proposed, words.as_deref(), &who, typed.as_deref())).await
}

/// An operation as it stands now.
pub(super) async fn current<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
) -> Result<OperationView, Failure> {
    let wanted = id.to_owned();
    let row = books
        .read(move |read| operation::one(read.sql(), &wanted))
        .await?;
    let row = row.ok_or_else(|| EngineError::NotFound {
        what: "operation",
        id: id.to_owned(),
        mode: M::NAME,
    })?;
    Ok(operation_view::<M>(&row))
}

/// What the arguments ask for, how, and whether only a preview is wanted.
fn wish(command: &Command) -> Result<(Wish, &ActArgs, bool), Failure> {
    let (wish, act) = match command {
        Command::PlanChange(it) => return Ok((plan_change(it)?, &it.act, it.preview)),
        Command::Refund(it) => (
            Wish::Refund {
                payment: it.payment.clone(),
                amount: it.amount.clone(),
                reason: it.reason.clone(),
            },
            &it.act,
        ),
        Command::CreditNote(it) => (
            Wish::CreditNote {
                invoice: it.invoice.clone(),
                amount: it.amount.clone(),
                lines: it.line.iter().map(|text| line(text)).collect(),
                to_credit: it.to_credit,
                reason: it.reason.clone(),
            },
            &it.act,
        ),
        Command::Credit(it) => (
            Wish::CustomerCredit {
                customer: it.customer.clone(),
                amount: it.amount.clone(),
                currency: it.currency.clone(),
            },
            &it.act,
        ),
        Command::Invoice(sub) => {
            let (it, action): (&InvoiceArgs, &str) = match sub {
                InvoiceCommand::Pdf { .. } => {
                    return Err(Failure::Usage("A PDF changes nothing.".to_owned()));
                }
                InvoiceCommand::Pay(it) => (it, "pay"),
                InvoiceCommand::Send(it) => (it, "send"),
                InvoiceCommand::Void(it) => (it, "void"),
                InvoiceCommand::Uncollectible(it) => (it, "uncollectible"),
            };
            let (invoice, action) = (it.id.clone(), action.to_owned());
            (Wish::Invoice { invoice, action }, &it.act)
        }
        Command::Customer(CustomerCommand::Update {
            id,
            email,
            name,
            act,
        }) => (
            Wish::CustomerUpdate {
                customer: id.clone(),
                email: email.clone(),
                name: name.clone(),
            },
            act,
        ),
        other => on_subscription(other)?,
    };
    Ok((wish, act, false))
}

fn plan_change(it: &PlanChangeArgs) -> Result<Wish, Failure> {
    let added: Result<_, _> = it.add.iter().map(|text| added(text)).collect();
    Ok(Wish::PlanChange {
        subscription: it.subscription.clone(),
        price: it.price.clone(),
        quantity: it.quantity,
        item: it.item.clone(),
        add: added?,
        remove: it.remove.clone(),
        when: Some(it.when.clone()),
        proration: Some(it.proration.clone()),
    })
}

fn on_subscription(command: &Command) -> Result<(Wish, &ActArgs), Failure> {
    Ok(match command {
        Command::Cancel {
            subscription,
            when,
            act,
        } => {
            let (subscription, when) = (subscription.clone(), when.clone());
            (Wish::Cancel { subscription, when }, act)
        }
        Command::Uncancel { subscription, act } => {
            let subscription = subscription.clone();
            (Wish::Uncancel { subscription }, act)
        }
        Command::Pause {
            subscription,
            until,
            what,
            bills,
            act,
        } => (
            Wish::Pause {
                subscription: subscription.clone(),
                what: what.clone(),
                bills: bills.clone(),
                until: until.clone(),
            },
            act,
        ),
        Command::Resume { subscription, act } => {
            let subscription = subscription.clone();
            (Wish::Resume { subscription }, act)
        }
        Command::KeepPlan { subscription, act } => {
            let subscription = subscription.clone();
            (Wish::KeepPlan { subscription }, act)
        }
        other => on_terms(other)?,
    })
}

/// What is given to a subscription: coupons and time.
fn on_terms(command: &Command) -> Result<(Wish, &ActArgs), Failure> {
    match command {
        Command::Coupon {
            subscription,
            coupon,
            promotion_code,
            remove,
            act,
        } => {
            let subscription = subscription.clone();
            let wish = if *remove {
                Wish::RemoveCoupon { subscription }
            } else {
                Wish::Coupon {
                    subscription,
                    coupon: coupon.clone(),
                    promotion_code: promotion_code.clone(),
                }
            };
            Ok((wish, act))
        }
        Command::ExtendTrial {
            subscription,
            until,
            act,
        } => {
            let (subscription, until) = (subscription.clone(), until.clone());
            Ok((
                Wish::Trial {
                    subscription,
                    until,
                },
                act,
            ))
        }
        _ => Err(Failure::Usage(
            "This command does nothing at a provider.".to_owned(),
        )),
    }
}

fn line(text: &str) -> CreditedLine {
    let (line, amount) = match text.split_once('=') {
        Some((line, amount)) => (line, Some(amount.to_owned())),
        None => (text, None),
    };
    CreditedLine {
        line: line.to_owned(),
        amount,
    }
}

fn added(text: &str) -> Result<AddedItem, Failure> {
    let Some((price, quantity)) = text.split_once('=') else {
        return Ok(AddedItem {
            price: text.to_owned(),
            quantity: None,
        });
    };
    let quantity = quantity
        .parse()
        .map_err(|_| Failure::Usage(format!("`{quantity}` is no quantity.")))?;
    Ok(AddedItem {
        price: price.to_owned(),
        quantity: Some(quantity),
    })
}

/// Tells what would be done.
fn would(shown: &OperationPreview, only_preview: bool, output: &Output) -> Result<Ended, Failure> {
    if output.is_json() {
        let mut document = json!({
            "operation": {
                "id": null,
                "kind": shown.kind,
                "state": "draft",
                "target": shown.target,
                "attempts": 0,
                "result": null,
            },
            "effects": shown.effects,
            "estimated": shown.estimated,
            "preview": shown.preview,
        });
        if only_preview && let Some(object) = document.as_object_mut() {
            object.remove("operation");
        }
        output.document(&document)?;
        return Ok(Ended::Well);
    }
    name_mode(ModeName::from(shown.mode), output)?;
    describe(shown, output)?;
    output.line("Nothing was done.")?;
    Ok(Ended::Well)
}

fn describe(shown: &OperationPreview, output: &Output) -> Result<(), Failure> {
    output.line(&format!("{}.", shown.sentence))?;
    for effect in &shown.effects {
        match &effect.amount {
            Some(amount) => output.line(&format!("  {}: {}", effect.text, amount.text))?,
            None => output.line(&format!("  {}", effect.text))?,
        }
    }
    if let Some(preview) = &shown.preview {
        for line in &preview.lines {
            output.line(&format!("  {:>14}  {}", line.amount.text, line.description))?;
        }
        output.line(&format!("  {:>14}  tax", preview.tax.text))?;
        output.line(&format!(
            "  {:>14}  total of the next bill",
            preview.total.text
        ))?;
        output.line(&format!("  {:>14}  due now", preview.due_now.text))?;
    }
    if shown.needs_approval {
        output.line("  Another operator has to approve this.")?;
    }
    Ok(())
}

/// Puts the question in live mode, and asks for the amount where that is needed; what was typed.
fn agreed(
    mode: ModeName,
    shown: &OperationPreview,
    act: &ActArgs,
    output: &Output,
) -> Result<Option<String>, Failure> {
    // Scripts have read what they ask for.
    let plain = |shown: &OperationPreview| shown.amount.as_ref().map(decimal);
    if act.yes || !mode.is_live() {
        return Ok(plain(shown));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "In live mode this asks before it acts, and nobody is here to ask; --yes answers it."
                .to_owned(),
        ));
    }
    // The question is for a person, whatever reads the answer.
    let mut screen = std::io::stderr().lock();
    writeln!(screen, "LIVE mode: {}.", shown.sentence)?;
    for effect in &shown.effects {
        let amount = effect
            .amount
            .as_ref()
            .map_or_else(String::new, |it| format!(": {}", it.text));
        writeln!(screen, "  {}{amount}", effect.text)?;
    }
    drop(screen);
    if let Some(amount) = &shown.needs_amount {
        return Ok(Some(ask(&format!(
            "Type the amount, {}, to go on: ",
            amount.text
        ))?));
    }
    let answer = ask("Do it? [y/N] ")?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(plain(shown))
    } else {
        output.note("Nothing was done.");
        Err(Failure::Declined)
    }
}

fn ask(question: &str) -> Result<String, Failure> {
    let mut screen = std::io::stderr().lock();
    write!(screen, "{question}")?;
    screen.flush()?;
    drop(screen);
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

/// An amount as it would be typed.
fn decimal(amount: &coffer_engine::api::types::MoneyView) -> String {
    coffer_engine::domain::currency::Currency::parse(&amount.currency).map_or_else(
        |_| String::new(),
        |currency| coffer_engine::domain::money::Money::new(amount.minor, currency).decimal_text(),
    )
}

fn tell(mode: ModeName, view: &OperationView, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        output.document(&json!({ "operation": value(view) }))?;
        return Ok(());
    }
    name_mode(mode, output)?;
    show(view, output)
}

/// An operation in JSON.
pub(super) fn value(view: &OperationView) -> Value {
    json!(view)
}
