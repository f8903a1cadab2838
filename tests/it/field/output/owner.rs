//! Files with keys or values are for their owner alone, and keys are not shown.

use std::fs;

use super::{KEY, code, run, stderr, tool};

#[cfg(unix)]
#[test]
fn a_record_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    for name in ["r.ndjson", "r.har", "r.ndjson.gz", "r.ndjson.zst"] {
        let mut command = tool();
        command.current_dir(folder.path()).env("CLIENTS_CONTRACT_API_KEY", KEY);
        // Nothing listens there.
        command.args(["validate", "http://127.0.0.1:9", "--retries", "0", "--record", name]);
        assert_eq!(code(&command.output().unwrap()), 3);
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn what_shows_values_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), "{}").unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    fs::write(folder.path().join("old"), "").unwrap();
    fs::set_permissions(folder.path().join("old"), fs::Permissions::from_mode(0o644)).unwrap();
    let arguments = ["validate", "a.json", "-o", "new", "--report", "json=old", "--show-values"];
    assert_eq!(code(&run(folder.path(), &arguments)), 1);
    assert_eq!((mode("new"), mode("old")), (0o600, 0o644), "a file that is there keeps its mode");
    assert_eq!(code(&run(folder.path(), &["validate", "a.json", "-o", "plain"])), 1);
    assert_eq!(mode("plain") & 0o600, 0o600);
}

#[test]
fn a_key_is_not_shown_where_its_file_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("ti_test_{}", "x".repeat(5_000));
    for key in [KEY, &long, &format!("a/{KEY}")] {
        for argument in [
            format!("--api-key-file={key}"),
            format!("--api-key={key}"),
            format!("--api-key-stdin={key}"),
            format!("--api-keyfile={key}"),
        ] {
            let output =
                run(folder.path(), &["validate", &argument, "https://127.0.0.1:9", "--record", "r.ndjson"]);
            assert!([2, 3].contains(&code(&output)), "{argument}");
            assert!(!stderr(&output).contains("ti_test") && output.stdout.is_empty(), "{}", stderr(&output));
        }
    }
    let output = run(folder.path(), &["validate", "--api-key-file", KEY, "https://127.0.0.1:9"]);
    assert!(stderr(&output).contains("--api-key-file: file not found"), "{}", stderr(&output));
    fs::write(folder.path().join("empty"), "").unwrap();
    let output = run(folder.path(), &["validate", "--api-key-file", ".", "https://127.0.0.1:9"]);
    assert!(stderr(&output).contains(".: no API key in the file"), "{}", stderr(&output));
}
