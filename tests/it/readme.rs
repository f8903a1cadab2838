//! The README shows what the tool really prints.
//!
//! `UPDATE_README=1 cargo test --test it readme` writes what it prints now.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs the commands of one `console` block in one shell and gives the block as it should be.
fn replay(block: &str) -> String {
    let commands: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let marker = "\u{1}";
    let mut script = String::new();
    for command in &commands {
        writeln!(script, "{command}\nstatus=$?; printf '{marker}'; (exit $status)").unwrap();
    }
    let folder = Path::new(env!("CARGO_BIN_EXE_clients-contract")).parent().unwrap();
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

fn rules_table() -> String {
    let mut table = String::new();
    for rule in
        clients_contract::rules().filter(|rule| rule.scope != clients_contract::finding::Scope::Change)
    {
        let summary = rule.summary.trim_end_matches('.');
        writeln!(table, "| `{}` | {} | {summary} |", rule.id, rule.severity).unwrap();
    }
    table
}

#[test]
fn the_readme_is_true() {
    let readme = fs::read_to_string("README.md").unwrap();
    let mut real = String::new();
    let mut rest = readme.as_str();
    while let Some((before, behind)) = rest.split_once("```console\n") {
        let (block, behind) = behind.split_once("```").unwrap();
        write!(real, "{before}```console\n{}```", replay(block)).unwrap();
        rest = behind;
    }
    real.push_str(rest);
    let head = "| Rule | Severity | Says |\n|---|---|---|\n";
    let (before, behind) = real.split_once(head).unwrap();
    let after = behind.find("\n\n").unwrap();
    let real = format!("{before}{head}{}{}", rules_table(), &behind[after + 1..]);
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write("README.md", &real).unwrap();
    }
    assert!(readme == real, "the README is not what the tool prints; UPDATE_README=1 renews it");
}
