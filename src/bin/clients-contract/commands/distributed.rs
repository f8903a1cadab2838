//! What a distributed run asks for: the files of its input, and how parts of it belong together.

use std::path::PathBuf;

use clap::Args;
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind, payload};
use serde_json::json;

use crate::output::beside;

/// Flags for runs over parts of the input; see docs/spark.md.
#[derive(Debug, Args)]
pub struct Distributed {
    /// List the files that would be read as JSON on stdout, and read none of them
    #[arg(long, conflicts_with_all = ["merge", "links"])]
    pub list_files: bool,
    /// Write fingerprints of the walks that this input may continue, and of those that may continue after it
    #[arg(long, value_name = "FILE", value_parser = beside())]
    pub links: Option<PathBuf>,
}

/// The files of paths with their sizes, how many are skipped, and which paths lead nowhere, as JSON.
pub fn list_files(paths: &[PathBuf]) -> Result<String, Error> {
    let payload::Sources { files, skipped, problems } = payload::expand(paths);
    let mut all = Vec::new();
    for path in &files {
        let name = path.to_str().ok_or_else(|| {
            let what = "name is not UTF-8: such files cannot be distributed";
            Error::new(ErrorKind::Input, path_text(path), what)
        })?;
        all.push(json!({"file": name, "bytes": path.metadata().map_or(0, |metadata| metadata.len())}));
    }
    let problems: Vec<_> =
        problems.iter().map(|error| json!({"file": error.subject(), "problem": error.message()})).collect();
    let list = json!({"files": all, "skipped": skipped, "problems": problems});
    Ok(format!("{list}\n"))
}
