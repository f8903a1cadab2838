//! The mock server: responses, failures on demand, hostile requests.
//! The proxy: what passes is not changed, and what is wrong with it is reported.

/// Health, journal and reset.
mod admin;
/// Parameters, headers, preferences and flags, in tables.
mod answers;
/// Whatever may be sent to a server, or kept from it.
mod hostile;
/// In tests: synchronous and asynchronous ones, many at a time.
mod mock;
/// Contracts of users.
mod own;
/// The validating proxy.
mod proxy;
/// Recorded pages.
mod recorded;
/// What `validate` says about a walk.
mod walks;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clients_contract::serve::{Dataset, Mock, Options};
use clients_contract::{Contract, contract};
use serde_json::Value;

const KEY: &str = "ti_test_9f8e7d6c5b4a3210";

const PATH: &str = "/incoming/v2/clients";

/// A response as it came.
#[derive(Debug, Default)]
struct Reply {
    /// Nothing where no response came.
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        Self { status: status.unwrap_or_default(), head, body: bytes[end..].to_vec() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.filter(|(known, _)| *known == name).map(|(_, value)| value).next()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.head))
    }

    /// The names of the clients of a documented page.
    fn names(&self) -> Vec<String> {
        let page = self.json();
        let clients = page.pointer("/data/Clients/clients").unwrap().as_array().unwrap().clone();
        clients.iter().map(|client| client["name"].as_str().unwrap().to_owned()).collect()
    }

    fn total(&self) -> u64 {
        self.json().pointer("/data/Clients/pageInfo/total").unwrap().as_u64().unwrap()
    }
}

/// Sends bytes, and reads until the server closes the connection.
fn send(address: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request)?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).map(|_| response)
}

/// Requests a target with a key and these header fields.
fn ask(mock: &Mock, target: &str, fields: &[&str]) -> Reply {
    ask_by(mock, "GET", target, fields)
}

fn ask_by(mock: &Mock, method: &str, target: &str, fields: &[&str]) -> Reply {
    let fields: String = fields.iter().flat_map(|field| [field, "\r\n"]).collect();
    let head = format!("host: localhost\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\n{fields}\r\n");
    let response = send(mock.address(), format!("{method} {target} HTTP/1.1\r\n{head}").as_bytes());
    Reply::of(&response.unwrap_or_default())
}

/// A page of the endpoint.
fn page(mock: &Mock, query: &str) -> Reply {
    ask(mock, &format!("{PATH}?{query}"), &[])
}

fn generated(total: u64) -> Dataset {
    Dataset::generated(contract::usual(), total, 7).unwrap()
}

/// Clients with these names, and a slug and a date each.
fn named(names: &[&str]) -> Dataset {
    let client = |(number, name): (usize, &&str)| {
        serde_json::json!({
            "id": format!("00000000-0000-4000-8000-{number:012}"),
            "name": name,
            "slug": name.to_lowercase().replace(' ', "-"),
            "createdAt": format!("2026-01-{:02}T00:00:00Z", 28 - number),
        })
    };
    Dataset::of(Contract::clients(), names.iter().enumerate().map(client)).unwrap()
}

fn mock(data: &Dataset, options: Options) -> Mock {
    Mock::with(data, options).unwrap()
}

/// The tool as a server.
struct Tool {
    child: Child,
    url: String,
}

impl Tool {
    fn start(flags: &[&str]) -> Self {
        Self::start_as("serve", flags)
    }

    fn start_as(name: &str, flags: &[&str]) -> Self {
        Self::start_with(name, &[&["--no-settings"], flags].concat(), &[])
    }

    /// With these variables of the environment.
    fn start_with(name: &str, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        command.args([name, "--port", "0"]).args(flags).envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }

    fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    fn get(&self, target: &str, fields: &str) -> Reply {
        let head = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n");
        Reply::of(&send(self.address(), head.as_bytes()).unwrap_or_default())
    }

    fn page(&self) -> Reply {
        self.get(PATH, &format!("authorization: Bearer {KEY}\r\n"))
    }

    /// Sends a signal; gives the exit code and what was printed to standard error.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stderr)
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
