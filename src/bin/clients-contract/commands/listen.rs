//! Flags of servers.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clients_contract::Error;
use clients_contract::run::Output;

use crate::output::{self, beside, note};

/// The heading of these flags.
pub const SERVER: &str = "Server";

/// The address of a server, and how it is announced.
#[derive(Debug, Args)]
pub struct Listen {
    /// Host name or IP address to listen on
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1", help_heading = SERVER)]
    pub host: String,
    /// Port to listen on; 0 picks a free one
    #[arg(short, long, value_name = "N", default_value_t = 4010, help_heading = SERVER)]
    pub port: u16,
    /// Write the URL to this file once connections are accepted
    #[arg(long, value_name = "FILE", value_parser = beside(), help_heading = SERVER)]
    ready_file: Option<PathBuf>,
}

/// Where the URL is announced.
pub struct Announcement<'l> {
    listen: &'l Listen,
    stdout: Output,
    ready: Option<Output>,
}

impl Listen {
    /// Opens what the URL is written to.
    pub fn prepare(&self) -> Result<Announcement<'_>, Error> {
        let ready = self.ready_file.as_deref().map(|path| output::open(Some(path))).transpose()?;
        Ok(Announcement { listen: self, stdout: output::open(None)?, ready })
    }
}

impl Announcement<'_> {
    /// Prints the URL to standard output and to the file, now that connections are accepted.
    pub fn print(mut self, url: &str, address: SocketAddr) -> Result<(), Error> {
        let line = format!("{url}\n");
        if let Some(mut ready) = self.ready {
            ready.write(|out| out.write_all(line.as_bytes()))?;
            ready.finish()?;
        }
        self.stdout.write(|out| out.write_all(line.as_bytes()))?;
        self.stdout.flush()?;
        if !address.ip().is_loopback() {
            note(false, &format!("warning: --host {}: other machines can connect", self.listen.host));
        }
        Ok(())
    }
}
