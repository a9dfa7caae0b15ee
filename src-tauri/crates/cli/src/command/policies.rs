//! `coffer policies`: the definitions, each with its id and rules.

use crate::args::Cli;
use crate::command::desk;
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::domain::metric::policy::{Policy, Switch};
use coffer_engine::policies;
use serde_json::{Map, Value, json};
use std::path::Path;

pub(crate) async fn run(cli: &Cli, add: Option<&Path>, output: &Output) -> Result<Ended, Failure> {
    let room = desk(cli)?.room().await;
    let home = &room.home;
    if let Some(file) = add {
        let taken = policies::add(home, file)?;
        output.note(&format!("Policy `{}` can be named from now on.", taken.id));
    }
    let all = policies::all(home)?;
    if output.is_json() {
        let found: Vec<Value> = all.iter().map(document).collect();
        output.document(&json!({ "policies": found }))?;
        return Ok(Ended::Well);
    }
    for policy in &all {
        output.line(&format!("{} ({})", policy.id, policy.name))?;
        for switch in Switch::ALL {
            let reading = if policy.readings.contains(&switch) {
                "  [our reading]"
            } else {
                ""
            };
            output.line(&format!(
                "  {}: {}{reading}",
                switch.question(),
                policy.rule(switch)
            ))?;
        }
        output.line("")?;
    }
    output.line("[our reading]: the vendor leaves this rule unsaid.")?;
    Ok(Ended::Well)
}

fn document(policy: &Policy) -> Value {
    let values = serde_json::to_value(policy).unwrap_or(Value::Null);
    let rules: Map<String, Value> = Switch::ALL
        .into_iter()
        .map(|switch| {
            let value = values.get(switch.name()).cloned().unwrap_or(json!("52/12"));
            let rule = json!({
                "value": value,
                "rule": format!("{} {}", switch.question(), policy.rule(switch)),
                "our_reading": policy.readings.contains(&switch),
            });
            (switch.name().to_owned(), rule)
        })
        .collect();
    json!({ "id": policy.id, "name": policy.name, "rules": rules })
}
