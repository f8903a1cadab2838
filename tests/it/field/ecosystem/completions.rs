//! Scripts of completions hold together; `.ci/full completions` drives them in the shells.

use std::collections::BTreeSet;

use super::{case, here, run, stdout};

fn script(shell: &str) -> String {
    stdout(&run(here(), &["completions", shell]))
}

/// The names that a bash script sets for a subcommand and has nothing for.
fn dead(script: &str) -> BTreeSet<&str> {
    let set = script.lines().filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"'));
    let lines: BTreeSet<&str> = script.lines().map(str::trim).collect();
    let has_arm = |name: &&str| lines.contains(&*format!("{name})"));
    set.filter(|name| !name.is_empty() && !has_arm(name)).collect()
}

/// The arm of a subcommand.
fn arm<'s>(script: &'s str, subcommand: &str) -> &'s str {
    let name = format!("__subcmd__{subcommand})\n            opts=");
    let start = script.match_indices(&name).map(|(at, _)| at);
    let start = start.filter(|at| !script[..*at].ends_with("__subcmd__help")).last().unwrap();
    let end = script[start..].find("\n            ;;\n").unwrap();
    &script[start..start + end]
}

#[test]
fn every_subcommand_of_the_bash_script_is_reachable() {
    let before = case("bash-completions-dead-subcommands.bash");
    assert!(dead(&before).len() > 10, "a script that is refused for nothing proves nothing");
    let script = script("bash");
    assert_eq!(dead(&script), BTreeSet::new());
    assert!(
        script.contains(" default clients-contract\n") && !script.contains(" default clients_contract\n")
    );
    assert_eq!(script.matches("complete -F ").count(), 2, "{}", &script[script.len() - 500..]);
    for (command, option, values) in [
        ("validate", "--format", "text json ndjson sarif junit github gitlab markdown"),
        ("drift", "--min-severity", "error warning info"),
        ("diff", "-f", "text json ndjson sarif junit github gitlab markdown"),
        ("validate", "--severity", "null-value=error null-value=warning null-value=info null-value=off"),
        ("drift", "--severity", "never-seen=error never-seen=warning never-seen=info never-seen=off"),
        ("validate", "--report", "text= json= ndjson= sarif= junit= github= gitlab= markdown="),
        ("generate", "--rule", " null-value "),
    ] {
        let arm = arm(&script, command);
        let case = &arm[arm.find(&format!("{option})\n")).unwrap()..];
        let case = &case[..case.find(";;").unwrap()];
        assert!(case.contains(values), "{command} {option}: {}", &case[..case.len().min(400)]);
    }
    assert!(arm(&script, "rules").contains(" null-value "), "the rule to explain");
}

#[test]
fn other_shells_know_every_rule() {
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = script(shell);
        // clap_complete writes no values for the last two.
        let known = clients_contract::rules().filter(|rule| script.contains(rule.id)).count();
        let all = clients_contract::rules().count();
        assert_eq!(known, if ["zsh", "fish"].contains(&shell) { all } else { 0 }, "{shell}");
    }
    assert!(script("fish").contains("using_subcommand rules\" -f -a \""));
}

#[test]
fn no_script_has_a_mark_left_in_it() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = script(shell);
        for mark in ["@report@", "@formats@", "@presets@", "@rules@", "@shells@", "@commands@"] {
            assert!(!script.contains(mark), "{shell}: {mark}");
        }
    }
    // One use for each command that has the option.
    assert_eq!(script("zsh").matches(":_clients_contract_report'").count(), 5);
    assert_eq!(script("zsh").matches(":_clients_contract_presets'").count(), 2);
    assert_eq!(script("fish").matches("\"(__fish_clients_contract_report)\"").count(), 5);
    assert_eq!(script("fish").matches("\"(__fish_clients_contract_presets)\"").count(), 2);
}

#[test]
fn only_rules_that_a_payload_can_break_are_offered_to_break() {
    let script = script("bash");
    let arm = arm(&script, "generate");
    let case = &arm[arm.find("--rule)\n").unwrap()..];
    let offered = &case[case.find("-W \"").unwrap() + 4..];
    let offered: BTreeSet<&str> = offered[..offered.find('"').unwrap()].split(' ').collect();
    assert!(offered.contains("schema-violation") && !offered.contains("never-seen"), "{offered:?}");
    for rule in offered.iter().filter(|rule| **rule != "schema-violation") {
        let made = run(here(), &["generate", "--seed", "1", "--rule", rule]);
        assert!(made.status.success() && !made.stdout.is_empty(), "{rule}");
    }
}
