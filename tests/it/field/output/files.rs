//! Files that must stay are not overwritten, and nothing is written twice.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::{KEY, code, contents, run, stderr, tool, write};

/// A folder with settings, and a file outside of it.
fn repository(report: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("repository");
    fs::create_dir_all(inside.join("sub")).unwrap();
    fs::create_dir(inside.join(".git")).unwrap();
    fs::write(inside.join("a.json"), "{}").unwrap();
    fs::write(inside.join("sub/a.json"), "{}").unwrap();
    fs::write(folder.path().join("precious"), "precious").unwrap();
    let report = report.replace("OUTSIDE", folder.path().to_str().unwrap());
    let settings = format!("report = [{report:?}]\n");
    fs::write(inside.join("clients-contract.toml"), settings).unwrap();
    (folder, inside)
}

#[test]
fn settings_name_no_file_to_write_outside_their_folder() {
    for report in [
        "json=OUTSIDE/precious",
        "json=../precious",
        "json=sub/../../precious",
        "json=OUTSIDE/new",
        "json=link/new",
        "json=file",
        "json=/dev/null",
    ] {
        let (folder, inside) = repository(report);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path(), inside.join("link")).unwrap();
            std::os::unix::fs::symlink(folder.path().join("precious"), inside.join("file")).unwrap();
        }
        for command in ["validate", "drift"] {
            let output = run(&inside, &[command, "a.json"]);
            assert_eq!(code(&output), 2, "{report}");
            let told = stderr(&output);
            assert!(
                told.contains("clients-contract.toml:1:10: report: ") && told.contains("outside the folder"),
                "{told}"
            );
        }
        let diff = run(&inside, &["diff", "builtin", "builtin"]);
        assert_eq!(code(&diff), 2, "{report}");
        assert_eq!(fs::read_to_string(folder.path().join("precious")).unwrap(), "precious");
        assert!(!folder.path().join("new").exists());
        // A flag may write anywhere.
        let flag = format!("json={}", folder.path().join("new").display());
        assert_eq!(code(&run(&inside, &["validate", "--report", &flag, "a.json"])), 1);
        assert!(folder.path().join("new").exists());
    }
    for report in ["json=r.json", "json=./sub/r.json", "json=sub/../r.json"] {
        let (_folder, inside) = repository(report);
        assert_eq!(code(&run(&inside, &["validate", "a.json"])), 1, "{report}");
        assert!(inside.join("r.json").exists() || inside.join("sub/r.json").exists(), "{report}");
    }
    let (_folder, inside) = repository("json=r.json");
    assert_eq!(code(&run(&inside.join("sub"), &["validate", "a.json"])), 1);
    assert!(inside.join("sub/r.json").exists(), "files lie where the tool is run");
    // Settings named by a flag are no better.
    let (folder, inside) = repository("json=r.json");
    let settings = inside.join("clients-contract.toml");
    let output =
        run(folder.path(), &["validate", "--settings", settings.to_str().unwrap(), "repository/a.json"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
}

#[test]
fn no_input_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let invalid = r#"{"data": null}"#;
    fs::write(here.join("a.json"), invalid).unwrap();
    fs::create_dir(here.join("d")).unwrap();
    fs::write(here.join("d/b.json"), invalid).unwrap();
    fs::hard_link(here.join("a.json"), here.join("hard")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.json", here.join("soft")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("d", here.join("e")).unwrap();
    write(here, "s.json", &json!({"type": "object"}));
    write(here, "r.json", &json!({"type": "object"}));
    fs::write(here.join("base.toml"), "version = 1\n").unwrap();
    fs::write(here.join("settings.toml"), "fail-on = \"never\"\n").unwrap();
    assert_eq!(code(&run(here, &["drift", "a.json", "--profile", "profile.json"])), 1);
    let absolute = here.join("a.json");
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["validate", "d", "-o", "./d/../d/b.json"],
        vec!["validate", "a.json", "--schema", "s.json", "--report", "json=s.json"],
        vec!["validate", "a.json", "--schema", "s.json", "--resource", "urn:r=r.json", "-o", "r.json"],
        vec!["validate", "a.json", "--baseline", "base.toml", "-o", "base.toml"],
        vec!["validate", "a.json", "--settings", "settings.toml", "-o", "settings.toml"],
        vec!["validate", "a.json", "--write-baseline", "a.json"],
        vec!["drift", "a.json", "--since", "profile.json", "--profile", "profile.json"],
        vec!["drift", "--merge", "profile.json", "-o", "profile.json"],
        vec!["drift", "a.json", "--suggest", "a.json"],
        vec!["infer", "a.json", "-o", "a.json"],
        vec!["generate", "--schema", "s.json", "-o", "s.json"],
        vec!["diff", "s.json", "r.json", "-o", "s.json"],
        vec!["diff", "s.json", "r.json", "--changelog", "r.json"],
        vec!["diff", "s.json", "r.json", "--report", "json=./r.json"],
        vec!["validate", "http://127.0.0.1:9", "a.json", "--record", "a.json"],
    ];
    for name in ["a.json", "./a.json", "d/../a.json", "hard", absolute.to_str().unwrap()] {
        runs.push(vec!["validate", "a.json", "-o", name]);
    }
    if cfg!(unix) {
        runs.push(vec!["validate", "a.json", "-o", "soft"]);
        runs.push(vec!["validate", "soft", "-o", "a.json"]);
        runs.push(vec!["validate", "d/b.json", "-o", "e/b.json"]);
        runs.push(vec!["validate", "*.json", "-o", "a.json"]);
    }
    let before = contents(here);
    for arguments in runs {
        let output =
            tool().current_dir(here).env("CLIENTS_CONTRACT_API_KEY", KEY).args(&arguments).output().unwrap();
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert_eq!(contents(here), before, "{arguments:?}");
    }
    if cfg!(unix) {
        let input = fs::File::open(here.join("a.json")).unwrap();
        let output =
            tool().current_dir(here).args(["validate", "-", "-o", "a.json"]).stdin(input).output().unwrap();
        assert_eq!((code(&output), contents(here)), (2, before), "{}", stderr(&output));
    }
    // The baseline that is in force may be renewed.
    assert_eq!(code(&run(here, &["validate", "a.json", "--write-baseline", "base.toml"])), 0);
}

#[test]
fn nothing_is_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), "{}").unwrap();
    fs::create_dir(here.join("d")).unwrap();
    fs::write(here.join("old"), "old").unwrap();
    let mut pairs = vec![("x", "x"), ("./x", "x"), ("x", "d/../x"), ("old", "./old")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("old", here.join("soft")).unwrap();
        std::os::unix::fs::symlink("d", here.join("e")).unwrap();
        pairs.extend([("old", "soft"), ("d/x", "e/x")]);
    }
    let before = contents(here);
    for (one, other) in pairs {
        for arguments in [
            &["--report", &format!("json={one}"), "--report", &format!("sarif={other}")][..],
            &["-o", one, "--report", &format!("json={other}")],
            &["--write-baseline", one, "--report", &format!("json={other}")],
        ] {
            if arguments[0] == "--write-baseline" && before.iter().any(|(path, _)| path.ends_with(one)) {
                continue;
            }
            let output = run(here, &[&["validate", "a.json"], arguments].concat());
            assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
            assert!(stderr(&output).contains("would be written twice"), "{}", stderr(&output));
            assert_eq!(contents(here), before, "{arguments:?}");
        }
    }
    // A device takes anything.
    if cfg!(unix) {
        let both = ["validate", "a.json", "--report", "json=/dev/null", "--report", "sarif=/dev/null"];
        assert_eq!(code(&run(here, &both)), 1);
    }
}

#[test]
fn a_hyphen_is_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), "{}").unwrap();
    write(here, "s.json", &json!({"type": "object"}));
    for arguments in [
        &["validate", "a.json", "-o", "-"][..],
        &["drift", "a.json", "-o", "-"],
        &["infer", "a.json", "-o", "-"],
        &["generate", "-o", "-"],
        &["generate", "-n", "2", "-o", "-"],
        &["generate", "--schema", "s.json", "--invalid", "-o", "-"],
        &["generate", "--dataset", "--total", "3", "-o", "-"],
        &["diff", "s.json", "a.json", "-o", "-"],
        &["schema", "--write", "-"],
    ] {
        assert!(!run(here, arguments).stdout.is_empty(), "{arguments:?}");
    }
    for arguments in [
        &["validate", "a.json", "--write-baseline", "-"][..],
        &["drift", "a.json", "--profile", "-"],
        &["drift", "a.json", "--suggest", "-"],
        &["diff", "s.json", "a.json", "--changelog", "-"],
        &["generate", "--dataset", "--manifest", "-"],
        &["mutate", "a.json", "-o", "-"],
        &["validate", "a.json", "--report", "json=-"],
        &["generate", "-n", "2", "-f", "json", "-o", "-"],
    ] {
        assert_eq!(code(&run(here, arguments)), 2, "{arguments:?}");
    }
    assert!(!here.join("-").exists());
}
