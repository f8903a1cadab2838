//! Flags, settings, progress, Ctrl-C.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use clients_contract::Contract;
use clients_contract::live::{Address, Event, Key, Options, Walk};
use clients_contract::payload::NotValidated;
use clients_contract::validate::Verdict;

use super::server::{Answer, Server, page};
use super::{bare, pages, report, stderr, tool};

fn three_pages() -> Server {
    Server::new(|asked| Answer::json(page(asked.page, 2, 6)))
}

#[test]
fn flags_of_a_live_instance_need_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.json");
    fs::write(&file, page(1, 2, 2)).unwrap();
    let record = folder.path().join("x.ndjson");
    let help = bare().arg("--help").output().unwrap();
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let live = help.split("Live instance:").nth(1).unwrap().split("Examples:").next().unwrap();
    let flags: Vec<&str> =
        live.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_whitespace().next()).collect();
    assert!(flags.len() > 15, "{flags:?}");
    for flag in flags {
        let value = match flag {
            "instance" => continue,
            "insecure" | "allow-http" | "api-key-stdin" => None,
            "record" | "redact" | "resume" | "record-secrets" => Some(record.to_str().unwrap()),
            "rate-limit" => Some("5/s"),
            "api-key-file" | "cacert" | "redact-key-file" => Some(file.to_str().unwrap()),
            "sort" | "query" => Some("name"),
            "paging" => Some("cursor"),
            _ => Some("5"),
        };
        let mut command = bare();
        command.arg("--no-settings").arg(&file);
        let named = match flag {
            "redact" | "resume" | "record-secrets" => {
                command.arg(format!("--{flag}")).arg("--record");
                "record"
            }
            "redact-key-file" => {
                command.arg("--redact").arg("--record").arg(&record).arg("--redact-key-file");
                "record"
            }
            flag => {
                command.arg(format!("--{flag}"));
                flag
            }
        };
        let output = command.args(value).output().unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "--{flag}: {told}");
        assert!(told.contains(&format!("--{named}: only for a live instance")), "--{flag}: {told}");
    }
    assert!(!record.exists());
}

#[test]
fn settings_say_how_to_ask_and_flags_win() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("clients-contract.toml");
    let run = |text: &str, server: &Server, more: &[&str]| {
        fs::write(&settings, text).unwrap();
        let mut command = bare();
        command.current_dir(folder.path()).args(["--settings", "clients-contract.toml"]).args(more);
        let output = command.arg(server.url()).output().unwrap();
        (output.status.code().unwrap(), stderr(&output))
    };
    let server = three_pages();
    let text = "query = \"a b\"\nsort = \"name\"\ncount = 2\npage = 2\nmax-pages = 1\nrate-limit = \"1000/s\"\n\
        retries = 1\nretry-delay = \"1ms\"\nmax-wait = \"1s\"\ntimeout = \"connect=5s,read=5s\"\n";
    assert_eq!(run(text, &server, &[]).0, 0);
    assert_eq!(run(text, &server, &["--sort", "slug", "--page", "1", "--max-pages", "2"]).0, 0);
    let asked: Vec<String> =
        server.heads().iter().map(|head| head.split_whitespace().nth(1).unwrap().to_owned()).collect();
    let url = |page, sort| format!("/incoming/v2/clients?page={page}&count=2&sort={sort}&query=a+b");
    assert_eq!(asked, [url(2, "name"), url(1, "slug"), url(2, "slug")]);
    // What is waited for, and how often it is asked again, is said there, too.
    for (wait, said) in [("2", "more than the maximum of 1 s"), ("0", "page 2 was requested 2 times")] {
        let failing = Server::new(move |_| Answer::new(503, "").header("retry-after", wait));
        let (code, told) = run(text, &failing, &[]);
        assert!(code == 3 && told.contains(said), "{told}");
    }
    for (wrong, what) in [
        ("rate-limit = \"fast\"\n", "rate-limit: not a rate"),
        ("retry-delay = \"5x\"\n", "retry-delay"),
        ("max-wait = \"-1s\"\n", "max-wait"),
        ("timeout = \"slow\"\n", "timeout"),
        ("count = 0\n", "nonzero"),
        // A file that is found by itself must not say who may see the key.
        ("insecure = true\n", "insecure"),
        ("allow-http = true\n", "allow-http"),
        ("cacert = \"x\"\n", "cacert"),
        ("instance = \"x\"\n", "instance"),
        ("api-key-file = \"x\"\n", "api-key-file"),
        ("record = \"x.ndjson\"\n", "record"),
    ] {
        let (code, told) = run(wrong, &server, &[]);
        assert!(
            code == 2 && told.contains(what) && told.contains("clients-contract.toml"),
            "{wrong}: {told}"
        );
    }
    assert_eq!(server.heads().len(), 3);
    // With files they mean nothing.
    fs::write(folder.path().join("page.json"), page(1, 2, 2)).unwrap();
    fs::write(&settings, text).unwrap();
    let output = bare().current_dir(folder.path()).arg("page.json").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // Wrong ones are told all the same.
    fs::write(&settings, "rate-limit = \"fast\"\n").unwrap();
    let output = bare().current_dir(folder.path()).arg("page.json").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn progress_says_page_rate_and_wait() {
    let server = Server::new(|asked| match asked.before {
        2 => Answer::new(429, "").header("retry-after", "1"),
        _ => Answer::json(page(asked.page, 2, 6)),
    });
    let told = stderr(&tool(&server.url(), &["--progress", "always"]).output().unwrap());
    let lines: Vec<&str> = told.lines().collect();
    let begin = ["page 1", "page 2 of 3", "page 3 of 3", "page 3 of 3, "];
    assert!(
        lines.len() == 4 && lines.iter().zip(begin).all(|(line, begin)| line.starts_with(begin)),
        "{told}"
    );
    // The last is asked for again after a second, and then there is a rate.
    assert!(lines[3].ends_with(" pages a minute"), "{told}");
    let server = Server::new(|asked| match asked.before {
        2 => Answer::new(429, "").header("retry-after", "1"),
        _ => Answer::json(page(asked.page, 2, 6)),
    });
    let told = stderr(&tool(&server.url(), &["-v"]).output().unwrap());
    assert!(told.contains("page 3 of 3, waiting 1.0 s: server returned 429 Too Many Requests"), "{told}");
    for quiet in [&["-q", "--progress", "always"][..], &["--progress", "never"], &[]] {
        assert_eq!(stderr(&tool(&three_pages().url(), quiet).output().unwrap()), "");
    }
}

#[test]
fn the_library_walks_as_the_tool_does() {
    let server = Server::new(|asked| match (asked.before, asked.page) {
        (1, _) => Answer::new(503, "").header("retry-after", "0"),
        (_, 3) => Answer::new(401, ""),
        _ => Answer::json(page(asked.page, 2, 6)),
    });
    let contract = Contract::clients();
    let address = Address::parse(&server.url(), &contract.path).unwrap();
    let options =
        Options { rate: "1000/s".parse().unwrap(), sort: Some("name".into()), ..Options::default() };
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let walk =
        Walk::new(contract.paging(), contract.secrets(), address, Key::new(super::KEY).unwrap(), options)
            .unwrap();
    let walk = walk.watched(move |event| heard.lock().unwrap().push(event.clone()));
    let (pages, problems): (Vec<_>, Vec<_>) = walk.partition(Result::is_ok);
    let pages: Vec<_> = pages.into_iter().map(Result::unwrap).collect();
    // The response that ends the walk comes before the problem, and is not validated.
    let verdicts = pages.iter().map(|page| contract.validator().validate_payload(page).verdict());
    let refused = Verdict::NotValidated(NotValidated::HttpStatus);
    assert_eq!(verdicts.collect::<Vec<_>>(), [Verdict::Valid, Verdict::Valid, refused]);
    assert_eq!(
        pages[1].request().unwrap().query[..2],
        [("page", "2"), ("sort", "name")].map(|(a, b)| (a.into(), b.into()))
    );
    assert!(problems.len() == 1 && problems[0].as_ref().unwrap_err().to_string().contains("401"));
    let events = events.lock().unwrap();
    let asked = events.iter().filter_map(|event| match event {
        Event::Asking { page, of } => Some((*page, *of)),
        _ => None,
    });
    assert_eq!(asked.collect::<Vec<_>>(), [(1, None), (2, Some(3)), (2, Some(3)), (3, Some(3))]);
    assert!(events.iter().any(|event| matches!(event, Event::Waiting { why, .. } if why.contains("503"))));
}

/// On a terminal it is one line that changes.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs `script`, which makes a terminal"]
fn a_terminal_shows_a_line_that_changes() {
    let script = |command: &str| {
        let mut script = Command::new("script");
        script.args(["-qec", command, "/dev/null"]).stdin(std::process::Stdio::null());
        script.env("CLIENTS_CONTRACT_API_KEY", super::KEY).env("TERM", "xterm").output()
    };
    let server = Server::new(|asked| Answer::json(page(asked.page, 2, 6)).after(Duration::from_millis(400)));
    let tool = env!("CARGO_BIN_EXE_clients-contract");
    let output = script(&format!("{tool} validate --no-settings --rate-limit 2/s {}", server.url())).unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("page 2 of 3") && told.contains(" s: the rate limit"), "{told}");
    assert!(told.contains("3 payloads checked"), "{told}");
}

/// Ctrl-C ends a walk, while it waits and between pages, and what came is judged.
#[cfg(unix)]
#[test]
fn an_interrupted_walk_tells_what_came() {
    for (name, wait) in [("w.ndjson", true), ("w.ndjson", false), ("w.har.gz", false)] {
        let server = Server::new(move |asked| match asked.page {
            4 if wait => Answer::new(429, "").header("retry-after", "200"),
            _ => Answer::json(page(asked.page, 2, 2_000)).after(Duration::from_millis(20)),
        });
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join(name);
        let mut child = tool(&server.url(), &["--record", record.to_str().unwrap()]).spawn().unwrap();
        while server.asked.lock().unwrap().len() < 4 && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(5));
        }
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
        assert!(stderr(&output).contains("interrupted"), "{}", stderr(&output));
        let judged = report(&output)["checked"]["payloads"].as_u64().unwrap();
        let (kept, cut) = pages(&record);
        assert!(judged >= 3 && cut.is_none(), "{judged} {cut:?}");
        // One page may have been under way when the others were told.
        let kept = kept.len() as u64;
        assert!(kept == judged || kept == judged + 1 && !wait, "{kept} {judged}");
    }
}
