//! The result of mutation testing as a page.

use clients_contract::generate::mutate::first_found;
use clients_contract::report::document::{Bar, Block, Cell, Document, Section, Table, Tone};
use clients_contract::report::{Invocation, shell_command};

use super::{Outcome, Survivor, percent};

/// Maximum number of survivors.
const MAX_SURVIVORS: usize = 500;

/// The score, the mutants that survive with payloads that would kill them, and the score by operator.
pub(super) fn document(
    outcome: &Outcome,
    min_score: Option<u8>,
    invocation: Option<&Invocation>,
) -> Document {
    let ((all, killed), score) = (outcome.counts(), outcome.score());
    let verdict = min_score
        .map(|min| if score < f64::from(min) { ("fail", Tone::Error) } else { ("pass", Tone::Good) });
    let figure = |name: &str, count: String, tone| (name.into(), count.into(), tone);
    let left = if all > killed { Tone::Error } else { Tone::Plain };
    Document {
        kind: concat!(env!("CARGO_PKG_NAME"), " mutate").into(),
        title: format!("Mutation score {score:.1} %").into(),
        verdict,
        summary:
            "Each mutant weakens one subschema of the contract. It is killed if an invalid payload becomes \
                  valid or loses a finding under it."
                .into(),
        figures: vec![
            figure("payloads", outcome.payloads.to_string(), Tone::Plain),
            figure("mutants", all.to_string(), Tone::Plain),
            figure("killed", killed.to_string(), Tone::Good),
            figure("survived", (all - killed).to_string(), left),
        ],
        sections: [Some(survivors(outcome)), Some(operators(outcome)), invocation.map(settings)]
            .into_iter()
            .flatten()
            .collect(),
    }
}

fn survivors(outcome: &Outcome) -> Section {
    let section = Section::new("survivors", "Survivors");
    if outcome.survivors.is_empty() {
        return section.with(Block::Text("None: the payloads detect every weakening.".into()));
    }
    let table = Table::new(
        "Mutants that survive",
        &["Weakening", "Schema location", "Killed by", "With this payload"],
    );
    let rows = outcome.survivors.iter().take(MAX_SURVIVORS).map(row);
    let section = section.with(Block::Table(table.rows(rows)));
    match outcome.survivors.len().checked_sub(MAX_SURVIVORS) {
        Some(more @ 1..) => {
            let text = format!("{more} more survivors are not listed; -f json lists all.");
            section.with(Block::Notice(Tone::Warning, text.into()))
        }
        _ => section,
    }
}

fn row(Survivor { mutant, killer }: &Survivor) -> Vec<Cell> {
    let place =
        |pointer: &str| if pointer.is_empty() { "the root".to_owned() } else { format!("`{pointer}`") };
    let found = killer.as_ref().and_then(|payload| Some((first_found(payload)?, payload)));
    let (by, body) = found.map_or_else(
        || ("no payload is known".to_owned(), String::new()),
        |((rule, pointer), payload)| {
            let body = String::from_utf8_lossy(&payload.body).into_owned();
            (format!("{rule} at {}", place(&pointer.to_string())), body)
        },
    );
    vec![
        Cell::text(mutant.operator),
        Cell::text(&place(&mutant.schema_pointer)),
        Cell::text(&by),
        Cell::code(&body),
    ]
}

fn operators(outcome: &Outcome) -> Section {
    let rows = outcome.operators.iter().map(|(operator, (all, killed))| {
        let share = percent(*killed, *all);
        let bar = Bar::new(share / 100.0, format!("{share:.1} % ({killed} of {all})"));
        vec![Cell::text(operator), Cell::Bar(bar)]
    });
    let table = Table::new("Score by kind of weakening", &["Weakening", "Killed"]);
    Section::new("operators", "By kind of weakening").with(Block::Table(table.rows(rows)))
}

fn settings(invocation: &Invocation) -> Section {
    let version = format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let tool = vec![Cell::text("Tool"), Cell::code(&version)];
    let flag = |(name, value): &(String, String)| vec![Cell::code(name), Cell::code(value)];
    let input = |input: &String| vec![Cell::text("Input"), Cell::code(input)];
    let rows = [tool].into_iter().chain(invocation.settings.iter().map(flag));
    let rows = rows.chain(invocation.inputs.iter().take(MAX_SURVIVORS).map(input));
    let table = Table::new("Settings, versions and inputs", &["What", "Value"]).rows(rows).fixed();
    let section = Section::new("about", "Settings, versions and inputs").with(Block::Table(table));
    let Some(Ok(command)) = invocation.of_run.as_deref().map(shell_command) else { return section };
    section.with(Block::Text("Command of this report:".into())).with(Block::Command(command))
}
