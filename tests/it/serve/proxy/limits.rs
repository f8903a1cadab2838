use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use clients_contract::serve::Options;

use super::super::{PATH, Reply, generated, mock};
use super::raw::{Act, Raw};
use super::{Proxied, exchange, get};
use crate::live::server::{Answer, Server, page};

#[test]
fn responses_that_are_too_large_or_too_many_pass_and_make_the_report_incomplete() {
    let mock = mock(&generated(137), Options::default());
    let mut proxied = Proxied::start(&mock.url(), &["--max-body", "2000"]);
    let direct = Reply::of(&exchange(mock.address(), &get(&format!("{PATH}?count=100"), "")));
    assert_eq!(proxied.get(&format!("{PATH}?count=100")).body, direct.body);
    assert_eq!(proxied.get(&format!("{PATH}?query=nobody-has-this-name")).status, 200);
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["payloads"]), (Some(3), &1.into()), "{stderr}");
    assert!(report["problems"][0].to_string().contains("--max-body"), "{report:#}");
    // Together they are too large: one of them is copied while the others pass.
    let body = page(1, 200, 200);
    let (length, max) = (body.len(), (body.len() * 3 / 2).to_string());
    let server =
        Server::new(move |_| Answer::json(body.clone()).slowly(length / 8, Duration::from_millis(50)));
    let mut proxied = Proxied::start(&server.url(), &["--max-body", &max, "--max-buffer", "1000"]);
    let address = proxied.address();
    let clients: Vec<_> =
        (0..6).map(|_| thread::spawn(move || Reply::of(&exchange(address, &get(PATH, ""))))).collect();
    assert!(clients.into_iter().all(|client| client.join().unwrap().body.len() == length));
    let (code, report, stderr) = proxied.end();
    assert_eq!(code, Some(3), "{stderr}");
    assert!(stderr.contains("not validated (too fast)"), "{stderr}");
    assert!(report["problems"][0].to_string().contains("were not validated"), "{report:#}");
    assert!(report["problems"][0].to_string().contains("--max-buffer"), "{report:#}");
}

#[test]
fn a_compressed_response_beyond_the_limit_is_a_problem_and_not_recorded() {
    let zipped = super::gzip(&vec![b' '; 4 << 20]);
    let server = Server::new(move |_| Answer::json(zipped.clone()).header("content-encoding", "gzip"));
    let (mut proxied, record) = Proxied::recording(&server.url(), "day.har", &["--max-body", "1MiB"]);
    for _ in 0..3 {
        assert_eq!(proxied.get(PATH).status, 200);
    }
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["payloads"]), (Some(3), &0.into()), "{stderr}");
    let problems = report["problems"].as_array().unwrap();
    let problem = problems[0]["message"].as_str().unwrap();
    assert!(
        problems.len() == 1 && problem.contains("--max-body") && problem.ends_with("(3 times)"),
        "{report:#}"
    );
    assert!(std::fs::read(&record).unwrap().len() < 1_000);
}

/// A second signal does not wait for what is left to do.
#[test]
fn a_second_signal_ends_the_proxy_with_a_report() {
    let mock = mock(&generated(20), Options::default());
    let mut proxied = Proxied::start(&mock.url(), &[]);
    assert_eq!(proxied.get(PATH).status, 200);
    let address = proxied.address();
    let slow = get(PATH, "prefer: wait=8\r\n");
    let waiting = thread::spawn(move || exchange(address, &slow));
    thread::sleep(Duration::from_millis(500));
    let from = Instant::now();
    let id = proxied.tool.as_ref().unwrap().child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    thread::sleep(Duration::from_millis(500));
    let (code, report, stderr) = proxied.end();
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
    assert_eq!((code, &report["checked"]["valid"]), (Some(143), &1.into()), "{stderr}");
    assert!(stderr.contains("interrupted; partial results were reported"), "{stderr}");
    waiting.join().unwrap();
}

/// A response without a length, in pieces.
fn chunked(body: &str) -> Vec<u8> {
    let pieces = body.as_bytes().chunks(body.len().div_ceil(8));
    let pieces = pieces.map(|piece| format!("{:x}\r\n{}\r\n", piece.len(), String::from_utf8_lossy(piece)));
    let pieces = pieces.collect::<String>();
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{pieces}0\r\n\r\n").into_bytes()
}

#[test]
fn enforced_responses_wait_for_memory() {
    let body = page(1, 200, 200);
    let max = (body.len() * 3 / 2).to_string();
    let sized = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes();
    let chunked = chunked(&body);
    let piece = chunked.len().div_ceil(10);
    let raw = Raw::new(move |came| {
        let response = if came.connection % 2 == 0 { &chunked } else { &sized };
        Act::Slowly(response.clone(), piece, Duration::from_millis(30))
    });
    let flags = ["--enforce", "--max-body", &max, "--max-buffer", &max];
    let mut proxied = Proxied::start(&raw.url(), &flags);
    let address = proxied.address();
    let ask = move || String::from_utf8(exchange(address, &get(PATH, ""))).unwrap();
    let clients: Vec<_> = (0..12).map(|_| thread::spawn(ask)).collect();
    for client in clients {
        let response = client.join().unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    }
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["valid"]), (Some(0), &12.into()), "{stderr}");
}

#[test]
fn an_enforced_response_that_gets_no_memory_in_time_is_503() {
    let body = page(1, 200, 200);
    let max = (body.len() * 3 / 2).to_string();
    let response = chunked(&body);
    let raw = Raw::new(move |came| match came.connection {
        // Both are held, and neither ends.
        0 | 1 => Act::Stall(response[..response.len() * 7 / 8].to_vec(), Duration::from_secs(16)),
        _ => Act::Send(response.clone()),
    });
    let flags = ["--enforce", "--max-body", &max, "--max-buffer", &max, "--timeout", "20s"];
    let mut proxied = Proxied::start(&raw.url(), &flags);
    let address = proxied.address();
    let ask = move || Reply::of(&exchange(address, &get(PATH, "")));
    let stall = |number: usize| {
        let stalled = thread::spawn(ask);
        super::wait_for("the request", || raw.came().len() == number);
        thread::sleep(Duration::from_millis(500));
        stalled
    };
    let stalled = [stall(1), stall(2)];
    let from = Instant::now();
    let reply = ask();
    assert!((9..13).contains(&from.elapsed().as_secs()), "{:?}", from.elapsed());
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")), "{}", reply.head);
    assert!(reply.json()["detail"].as_str().unwrap().contains("--max-buffer"));
    assert!(stalled.into_iter().all(|stalled| stalled.join().unwrap().status == 502));
    assert_eq!(ask().status, 200);
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["valid"]), (Some(3), &1.into()), "{stderr}");
}

#[test]
fn more_connections_than_there_are_slots_close_idle_ones() {
    let mock = mock(&generated(3), Options::default());
    let mut proxied = Proxied::start(&mock.url(), &[]);
    let connect = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(proxied.address()).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    };
    let mut idle: Vec<TcpStream> = (0..600).map(|_| connect(b"")).collect();
    idle.extend((0..600).map(|_| connect(b"GET / HTTP/1.1\r\nhost:")));
    let from = Instant::now();
    assert_eq!(proxied.get(PATH).status, 200);
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
    idle[0].set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(idle[0].read(&mut [0]).unwrap_or(0), 0, "the first one is closed");
    let from = Instant::now();
    assert_eq!(proxied.end().0, Some(0));
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
}
