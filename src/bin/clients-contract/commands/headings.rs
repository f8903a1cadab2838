//! Headings of flags in the help, and which are in the short help.

use clap::{Arg, Command};

use crate::settings::LIVE;

/// The heading of the flags that all commands share.
pub const GLOBAL: &str = "Global";

/// Where the output goes, and in which form: `-f`, whatever its long name.
const OUTPUT: &str = "Output";

/// The headings of `--help`, with the flags under each.
const HEADINGS: [(&str, &[&str]); 5] = [
    ("Input", &["input", "url-path", "max-body", "max-depth", "jobs", "merge", "since"]),
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
        ],
    ),
    (
        OUTPUT,
        &[
            "output",
            "report",
            "sarif-category",
            "show-values",
            "fields",
            "profile",
            "suggest",
            "changelog",
            "manifest",
            "max-survivors",
            "progress",
        ],
    ),
    (GLOBAL, &["settings", "no-settings"]),
];

/// Flags that only `--help` lists: rarely needed.
const RARE: [&str; 13] = [
    "dialect",
    "engine",
    "envelope",
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
];

/// Of the flags of a live instance, those that the short help lists.
const COMMON_LIVE: [&str; 3] = ["instance", "api-key-file", "record"];

/// The command with its flags under their headings. A command with few flags needs none but the general ones.
pub fn grouped(command: Command) -> Command {
    // There, these name a file of the tool, whose schema is printed.
    let is_schema = command.get_name() == "schema";
    command.mut_args(|arg| {
        let Some(name) = arg.get_long().map(str::to_owned) else { return arg };
        let is_live = arg.get_help_heading() == Some(LIVE);
        let own = is_schema && ["settings", "baseline", "profile", "report"].contains(&&*name);
        let heading = HEADINGS.iter().find(|(_, names)| !(is_live || own) && names.contains(&&*name));
        let heading =
            heading.map(|(heading, _)| *heading).or((arg.get_short() == Some('f')).then_some(OUTPUT));
        let hidden = (RARE.contains(&&*name) && !own) || (is_live && !COMMON_LIVE.contains(&&*name));
        let arg: Arg = arg.hide_short_help(hidden);
        match heading {
            Some(heading) => arg.help_heading(heading),
            None => arg,
        }
    })
}
