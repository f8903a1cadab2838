//! Headings of flags in the help, and which are in the short help.

use clap::{Arg, Command};

use crate::settings::LIVE;

/// The heading of the flags that all commands share.
pub const GLOBAL: &str = "Global";

/// Where the output goes, and in which form: `-f`, whatever its long name.
const OUTPUT: &str = "Output";

/// The headings of `--help`, with the flags under each.
const HEADINGS: [(&str, &[&str]); 5] = [
    (
        "Input",
        &[
            "input",
            "url-path",
            "max-body",
            "max-depth",
            "jobs",
            "stdin-name",
            "stdin-parts",
            "list-files",
            "merge",
            "since",
            "history",
            "window",
            "at",
        ],
    ),
    ("Contract", &["contract", "envelope", "schema", "resource", "dialect", "engine"]),
    (
        "Findings",
        &[
            "fail-on",
            "severity",
            "min-severity",
            "max-findings",
            "baseline",
            "write-baseline",
            "prune-baseline",
            "min-sample",
            "min-coverage",
            "min-score",
            "witness",
            "allow",
            "max-remembered",
        ],
    ),
    (
        OUTPUT,
        &[
            "output",
            "force",
            "key-file",
            "keep-unknown-enums",
            "redact",
            "redact-key-file",
            "check",
            "explain",
            "report",
            "sarif-category",
            "show-values",
            "fields",
            "profile",
            "suggest",
            "links",
            "changelog",
            "manifest",
            "max-survivors",
            "progress",
            "server",
        ],
    ),
    (GLOBAL, &["settings", "no-settings"]),
];

/// Flags that only `--help` lists: rarely needed.
const RARE: [&str; 19] = [
    "at",
    "dialect",
    "engine",
    "envelope",
    "links",
    "list-files",
    "max-body",
    "max-depth",
    "min-severity",
    "no-settings",
    "progress",
    "prune-baseline",
    "record-secrets",
    "resource",
    "sarif-category",
    "settings",
    "stdin-name",
    "stdin-parts",
    "window",
];

/// Of the flags of a live instance, those that the short help lists.
const COMMON_LIVE: [&str; 3] = ["instance", "api-key-file", "record"];

/// The command with its flags under their headings. A command with few flags needs none but the general ones.
pub fn grouped(command: Command) -> Command {
    // There, these name a file of the tool, whose schema is printed.
    let is_schema = command.get_name() == "schema";
    // There, it is one of few.
    let is_history = command.get_name() == "history";
    command.mut_args(|arg| {
        let Some(name) = arg.get_long().map(str::to_owned) else { return arg };
        let is_live = arg.get_help_heading() == Some(LIVE);
        let own =
            is_schema && ["settings", "baseline", "profile", "report", "history", "check"].contains(&&*name);
        let heading = HEADINGS.iter().find(|(_, names)| !(is_live || own) && names.contains(&&*name));
        let heading =
            heading.map(|(heading, _)| *heading).or((arg.get_short() == Some('f')).then_some(OUTPUT));
        let is_rare = RARE.contains(&&*name) && !own && !is_history;
        let hidden = is_rare || (is_live && !COMMON_LIVE.contains(&&*name));
        let arg: Arg = arg.hide_short_help(hidden);
        match heading {
            Some(heading) => arg.help_heading(heading),
            None => arg,
        }
    })
}
