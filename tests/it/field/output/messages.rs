//! Messages say what is wrong, and wrong usage is refused.

use std::fs;
use std::process::Stdio;

use serde_json::json;

use super::{KEY, code, run, stderr, tool, write};

#[test]
fn absurd_numbers_are_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), "{}").unwrap();
    let most = u64::MAX.to_string();
    for number in [most.as_str(), "18446744073709551616", "1025", "0", "-1", "1e3", ""] {
        for command in ["validate", "drift", "infer"] {
            let output = run(here, &[command, "-j", number, "a.json"]);
            assert_eq!(code(&output), 2, "{command} -j {number}: {}", stderr(&output));
        }
        let output = run(here, &["generate", "--dataset", "--total", "3", "--jobs", number]);
        assert_eq!(code(&output), 2, "generate --jobs {number}");
    }
    let time = format!("{most}ms");
    for arguments in [
        &["--retry-delay", time.as_str()][..],
        &["--max-wait", "25h"],
        &["--timeout", "99999999999h"],
        &["--timeout", "connect=1s,read=18446744073709551615"],
        &["--max-body", "18446744073709551615GiB"],
        &["--max-findings", "-1"],
        &["--count", "4294967296"],
        &["--page", "0"],
        &["--rate-limit", "4294967296/s"],
        &["--max-depth", &most],
    ] {
        let output = run(here, &[&["validate", "https://127.0.0.1:9"], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
    }
    for settings in ["jobs = 9223372036854775807", "jobs = 0", "max-wait = \"25h\"", "min-coverage = 101"] {
        fs::write(here.join("clients-contract.toml"), settings).unwrap();
        let output = run(here, &["drift", "a.json"]);
        assert_eq!(code(&output), 2, "{settings}: {}", stderr(&output));
    }
    fs::remove_file(here.join("clients-contract.toml")).unwrap();
    for port in ["65536", "99999", "0", "443x", "18446744073709551616"] {
        let mut command = tool();
        let url = format!("https://127.0.0.1:{port}");
        let output = command.env("CLIENTS_CONTRACT_API_KEY", KEY).args(["validate", &url]).output().unwrap();
        assert_eq!(code(&output), 2, "{port}: {}", stderr(&output));
        assert!(stderr(&output).contains("URL: port must be"), "{}", stderr(&output));
        let mut command = tool();
        command.env("CLIENTS_CONTRACT_API_KEY", KEY).env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"));
        let output = command.args(["validate", "https://x.invalid"]).output().unwrap();
        assert_eq!(code(&output), 2, "{port}: {}", stderr(&output));
    }
}

#[test]
fn messages_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let told = |arguments: &[&str], exit: i32| {
        let mut command = tool();
        command.current_dir(here).env("CLIENTS_CONTRACT_API_KEY", KEY).args(arguments);
        let output = command.output().unwrap();
        assert_eq!(code(&output), exit, "{arguments:?} {}", stderr(&output));
        stderr(&output)
    };
    let mut item = json!({"request": {"url": "https://x.test/incoming/v2/clients"}, "response": []});
    for _ in 0..100 {
        item = json!({"name": "folder", "item": [item]});
    }
    write(here, "postman.json", &json!({"info": {"_postman_id": "x", "schema": "y"}, "item": [item]}));
    let deep = told(&["validate", "postman.json"], 3);
    assert!(deep.contains("is nested too deeply: at most 127 levels are read"), "{deep}");
    let entry = r#"{"request": {"method": "GET", "url": "/incoming/v2/clients"}, "response": {"status": 1e400, "content": {"text": "{}"}}}"#;
    fs::write(
        here.join("large.har"),
        format!("{{\"log\": {{\"version\": \"1.2\", \"creator\": {{}}, \"entries\": [{entry}]}}}}"),
    )
    .unwrap();
    let large = told(&["validate", "large.har"], 3);
    assert!(large.contains("has an invalid HTTP status"), "{large}");
    // A frame whose window is 2 GiB, and one of a size that no frame may have.
    for (window, limit) in [(21 << 3, "bytes are held"), (31 << 3 | 7, "the format allows no such window")] {
        fs::write(here.join("w.json.zst"), [0x28, 0xb5, 0x2f, 0xfd, 0, window, 1, 0, 0, 0, 0]).unwrap();
        let window = told(&["validate", "w.json.zst"], 3);
        assert!(window.contains("its zstd window of ") && window.contains(limit), "{window}");
        assert!(!window.contains(['{', '}']), "{window}");
    }
    fs::create_dir(here.join("r.ndjson")).unwrap();
    for more in [&[][..], &["--resume"]] {
        let record = told(&[&["validate", "http://127.0.0.1:9", "--record", "r.ndjson"], more].concat(), 2);
        assert!(record.contains("r.ndjson: is a directory"), "{record}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", here.join("dangling.json")).unwrap();
        let dangling = told(&["validate", "dangling.json"], 3);
        assert!(
            dangling.contains("dangling.json: cannot be read: it is a broken symbolic link"),
            "{dangling}"
        );
    }
    let invisible = told(&["validate", "a\u{200b}.json"], 3);
    assert!(invisible.contains("a\\u{200b}.json: cannot be read"), "{invisible}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_3() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["validate", "--help"],
        &["completions", "bash"],
        &["schema"],
        &["rules"],
        &["rules", "null-value"],
        &["generate"],
        &["infer", "fixtures/valid/minimal.json"],
        &["diff", "builtin", "builtin"],
        &["validate", "fixtures/valid/minimal.json"],
        &["mutate", "fixtures/valid/minimal.json"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = tool()
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        assert_eq!(code(&output), 3, "{arguments:?}");
        assert!(stderr(&output).contains("<stdout>: cannot be written"), "{arguments:?} {}", stderr(&output));
    }
}

/// What has no end is refused by whoever reads a whole file, a settings file of somebody else included.
#[test]
fn devices_are_no_schemas_settings_baselines_profiles_or_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("p.json"), "{}").unwrap();
    fs::write(here.join("clients-contract.toml"), "baseline = \"/dev/zero\"\n").unwrap();
    let (plain, device) = ("--no-settings", "/dev/zero");
    for (arguments, expected) in [
        (&["validate", plain, "--schema", device, "p.json"][..], 3),
        (&["validate", plain, "--baseline", device, "p.json"], 2),
        (&["validate", "--settings", device, "p.json"], 2),
        (&["validate", "p.json"], 2),
        (&["drift", plain, "--since", device, "p.json"], 3),
        (&["drift", plain, "--merge", device], 3),
        (&["schema", "--check", device], 3),
    ] {
        let output = run(here, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), expected, "{arguments:?}: {said}");
        assert!(said.contains("/dev/zero: is not a regular file"), "{arguments:?}: {said}");
    }
}
