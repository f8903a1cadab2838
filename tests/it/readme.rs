//! The README and the pages of `docs/` show what the tool prints, and list every rule, flag and setting.
//!
//! `UPDATE_DOCS=1 cargo test --test it readme` writes what it prints now.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clients_contract::Rule;
use clients_contract::finding::Scope;

const TOOL: &str = env!("CARGO_BIN_EXE_clients-contract");

/// The README and every page of `docs/`.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.push(PathBuf::from("README.md"));
    pages.sort();
    pages
}

/// Compares pages with what they should be; `UPDATE_DOCS` writes that.
fn assert_current(pages: &[PathBuf], renew: impl Fn(&str) -> String) {
    let mut stale = Vec::new();
    for path in pages {
        let page = fs::read_to_string(path).unwrap();
        let current = renew(&page);
        if page != current {
            if std::env::var_os("UPDATE_DOCS").is_some() {
                fs::write(path, &current).unwrap();
            }
            stale.push(path);
        }
    }
    assert!(stale.is_empty(), "not what the tool prints, UPDATE_DOCS=1 renews it: {stale:?}");
}

/// Runs the commands of one `console` block in one shell and returns the block as it should be.
fn replay(block: &str) -> String {
    let commands: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let marker = "\u{1}";
    let mut script = String::new();
    for command in &commands {
        writeln!(script, "{command}\nstatus=$?; printf '{marker}'; (exit $status)").unwrap();
    }
    let folder = Path::new(TOOL).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("PATH", format!("{}:{path}", folder.display()))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut block = String::new();
    for (command, printed) in commands.iter().zip(printed.split(marker)) {
        write!(block, "$ {command}\n{printed}").unwrap();
    }
    block
}

#[test]
fn examples_show_what_the_tool_prints() {
    assert_current(&pages(), |page| {
        let mut current = String::new();
        let mut rest = page;
        while let Some((before, behind)) = rest.split_once("```console\n") {
            let (block, behind) = behind.split_once("```").unwrap();
            write!(current, "{before}```console\n{}```", replay(block)).unwrap();
            rest = behind;
        }
        current + rest
    });
}

/// The part of `docs/rules.md` that is made from the registry of rules.
fn rules_reference() -> String {
    let (changes, others): (Vec<&Rule>, Vec<&Rule>) =
        clients_contract::rules().partition(|rule| rule.scope == Scope::Change);
    let mut text =
        "## Rules of `validate` and `drift`\n\n| Rule | Severity | Finding |\n|---|---|---|\n".to_owned();
    for Rule { id, severity, summary, .. } in &others {
        writeln!(text, "| [`{id}`](#{id}) | {severity} | {} |", summary.trim_end_matches('.')).unwrap();
    }
    for Rule { id, severity, summary, impact, fix, example, .. } in &others {
        write!(text, "\n### {id}\n\n**{severity}.** {summary}\n\n**Why it matters:** {impact}\n\n").unwrap();
        write!(text, "**How to fix:** {fix}\n\n```text\n{example}\n```\n").unwrap();
    }
    text.push_str("\n## Rules of `diff`\n\n| Rule | Severity | Change | Impact |\n|---|---|---|---|\n");
    for Rule { id, severity, summary, impact, .. } in &changes {
        let (summary, impact) = (summary.trim_end_matches('.'), impact.trim_end_matches('.'));
        writeln!(text, "| `{id}` | {severity} | {summary} | {impact} |").unwrap();
    }
    text
}

#[test]
fn the_rules_reference_is_made_from_the_registry() {
    assert_current(&[PathBuf::from("docs/rules.md")], |page| {
        let (head, _) = page.split_once("## Rules of `validate` and `drift`\n").unwrap();
        format!("{head}{}", rules_reference())
    });
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect()
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(TOOL).args(arguments).arg("--help").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_flag_and_setting_is_documented() {
    let text: String = pages().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let documented = words(&text);
    let overview = help(&[]);
    let (_, commands) = overview.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split(' ').next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.contains(&"validate"), "{names:?}");
    for name in names {
        let help = help(&[name]);
        let options = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
        let flags = options.filter_map(|line| words(line).into_iter().find(|word| word.starts_with("--")));
        let missing: Vec<&str> = flags.filter(|flag| !documented.contains(flag)).collect();
        assert!(missing.is_empty(), "no page names {missing:?} of `{name}`");
    }
    let settings = fs::read_to_string("docs/settings.md").unwrap();
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string("schemas/settings.schema.json").unwrap()).unwrap();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(settings.contains(&format!("`{key}`")), "docs/settings.md: no setting `{key}`");
    }
}

/// The anchor that forges give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn links_lead_to_files_and_headings() {
    let others = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(PathBuf::from);
    for page in pages().into_iter().chain(others) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: no file {link}", page.display());
            if !heading.is_empty() {
                let target = fs::read_to_string(&target).unwrap();
                let mut anchors = target.lines().filter_map(|line| Some(anchor(line.split_once("# ")?.1)));
                assert!(anchors.any(|anchor| anchor == heading), "{}: no heading {link}", page.display());
            }
        }
    }
}

#[test]
fn the_image_shows_what_the_tool_prints() {
    let image = fs::read_to_string("docs/images/validate.svg").unwrap();
    let rows: Vec<String> = image
        .lines()
        .filter(|line| line.starts_with("<text"))
        .map(|line| line.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect::<String>())
        .map(|row| row.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        .collect();
    let (command, shown) = rows.split_first().unwrap();
    let arguments = command.strip_prefix("$clients-contract ").unwrap().split(' ');
    let output = Command::new(TOOL).args(arguments).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let without_spaces = |text: &str| text.split_whitespace().collect::<String>();
    let shown = without_spaces(&shown.concat());
    assert!(
        shown == without_spaces(&printed),
        "docs/images/validate.svg is stale: see docs/images/terminal.py"
    );
}
