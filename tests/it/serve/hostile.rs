use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use clients_contract::serve::Options;

use super::{KEY, PATH, Reply, Tool, generated, mock, page, send};

#[test]
fn requests_beyond_the_limits_are_refused_and_others_still_answered() {
    let mock = mock(&generated(3), Options::default());
    let head = format!("host: x\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\n");
    let fields = "x: y\r\n".repeat(200);
    let long = "x".repeat(1 << 20);
    let half = "x".repeat(100_000);
    let chunks = format!("{:x}\r\n{half}\r\n", half.len()).repeat(20);
    for (request, status) in [
        (format!("GET {PATH} HTTP/1.1\r\n{head}{fields}\r\n"), 431),
        (format!("GET {PATH} HTTP/1.1\r\n{head}x: {long}\r\n\r\n"), 431),
        (format!("GET {PATH}?query={long} HTTP/1.1\r\n{head}\r\n"), 431),
        (format!("GET {PATH} HTTP/1.1\r\n{head}content-length: 2000000\r\n\r\n"), 413),
        (format!("GET {PATH} HTTP/1.1\r\n{head}transfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"), 413),
        (
            format!(
                "GET {PATH} HTTP/1.1\r\n{head}transfer-encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"
            ),
            400,
        ),
        (format!("GET {PATH} HTTP/1.1\r\n{head}content-length: 5\r\n\r\nhello"), 200),
        (format!("GET {PATH} HTTP/1.1\r\n{head}content-length: x\r\n\r\n"), 400),
        (format!("GET {PATH} HTTP/1.1\r\n{head}upgrade: websocket\r\nconnection: upgrade\r\n\r\n"), 200),
        (format!("GET {PATH} HTTP/1.1\r\n{head}upgrade: h2c\r\nhttp2-settings: AA\r\n\r\n"), 200),
        (format!("CONNECT x:443 HTTP/1.1\r\n{head}\r\n"), 404),
        (format!("OPTIONS * HTTP/1.1\r\n{head}\r\n"), 204),
        (format!("GET * HTTP/1.1\r\n{head}\r\n"), 400),
        ("GET \0 HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("\r\nhello\r\n\r\n".to_owned(), 400),
    ] {
        let shown = &request[..request.len().min(300)];
        let reply = Reply::of(&until_response(&mock, request.as_bytes()).unwrap_or_default());
        assert_eq!(reply.status, status, "{shown}");
        for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
            assert!(reply.header(name).is_some_and(|value| value.parse::<u64>().is_ok()), "{name} {shown}");
        }
        assert_eq!(page(&mock, "count=1").status, 200, "{shown}");
    }
    let _ = send(mock.address(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert_eq!(page(&mock, "count=1").status, 200);
}

/// Sends as much as is taken, and reads the head of the response.
fn until_response(mock: &clients_contract::serve::Mock, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(mock.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut writing = stream.try_clone()?;
    let request = request.to_vec();
    // A server that refused a request need not read the rest of it.
    let writer = thread::spawn(move || drop(writing.write_all(&request)));
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.extend_from_slice(&byte);
    }
    let _ = stream.shutdown(std::net::Shutdown::Both);
    let _ = writer.join();
    Ok(head)
}

#[test]
fn a_broken_body_is_a_bad_request_and_not_a_timeout() {
    let mock = mock(&generated(3), Options::default());
    let head = format!("GET {PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n");
    for rest in [
        "transfer-encoding: chunked\r\n\r\nxyz\r\n",
        "transfer-encoding: chunked\r\n\r\n5\r\nhel",
        "content-length: 9\r\n\r\nhello",
    ] {
        let mut stream = TcpStream::connect(mock.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(format!("{head}{rest}").as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).unwrap();
        let reply = Reply::of(&response);
        assert_eq!(reply.status, 400, "{rest:?}: {}", reply.head);
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert_eq!(message, "the request's body is malformed or incomplete", "{rest:?}");
    }
}

#[test]
fn idle_connections_do_not_block_others() {
    let mock = mock(&generated(3), Options::default());
    let connect = |bytes: &'static [u8]| {
        let mut stream = TcpStream::connect(mock.address()).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    };
    let _silent: Vec<TcpStream> = (0..200).map(|_| connect(b"")).collect();
    let _slow: Vec<TcpStream> = (0..200).map(|_| connect(b"GET / HTTP/1.1\r\nhost:")).collect();
    // They ask for a page and take nothing of it.
    let _deaf: Vec<TcpStream> = (0..50)
        .map(|_| {
            connect(
                b"GET /incoming/v2/clients?count=100 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n\r\n",
            )
        })
        .collect();
    let from = Instant::now();
    assert_eq!(page(&mock, "count=1").status, 200);
    assert!(from.elapsed() < Duration::from_secs(5));
    let from = Instant::now();
    drop(mock);
    assert!(from.elapsed() < Duration::from_secs(5), "idle connections are not waited for");
}

#[test]
fn aborted_bodies_do_not_harm_others() {
    let mock = mock(&generated(200), Options::default());
    for _ in 0..20 {
        let mut stream = TcpStream::connect(mock.address()).unwrap();
        let head = format!("GET {PATH}?count=100 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.read_exact(&mut [0; 1_000]).unwrap();
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    }
    assert_eq!(page(&mock, "count=100").names().len(), 100);
    // And in the middle of a request's body.
    for _ in 0..20 {
        let mut stream = TcpStream::connect(mock.address()).unwrap();
        let head = format!("GET {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nhello");
        stream.write_all(head.as_bytes()).unwrap();
    }
    assert_eq!(page(&mock, "count=1").status, 200);
}

#[test]
fn a_trillion_clients_take_no_time_and_searching_them_is_refused() {
    let from = Instant::now();
    let mock = mock(&generated(1_000_000_000_000), Options::default());
    let reply = page(&mock, "count=1&page=1000000");
    assert_eq!((reply.status, reply.total()), (200, 1_000_000_000_000));
    assert_eq!(page(&mock, "query=a").status, 422);
    assert_eq!(page(&mock, "sort=name").status, 422);
    assert!(from.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_port_in_use_and_wrong_flags_are_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("s.toml");
    std::fs::write(&scenario, "[[step]]\nthen = { code = 1 }").unwrap();
    let scenario = scenario.to_str().unwrap();
    let late = folder.path().join("late.toml");
    let text = "[[step]]\nthen = { code = 500 }\n[[step]]\n[step.then]\npreset = \"nuls\"\n";
    std::fs::write(&late, text).unwrap();
    let late = late.to_str().unwrap();
    for (flags, code, expected) in [
        (&["--port", &*port][..], 3, "is in use; pass another `--port`"),
        (&["--port", "0", "--host", "no.such.host.invalid"], 3, "cannot be listened on"),
        (&["--port", "70000"], 2, "70000"),
        (&["--total", "x"], 2, "--total"),
        (&["--total", "5", "fixtures/valid"], 2, "cannot be used with"),
        (&["--preset", "none"], 2, "none"),
        (&["--preset", "large"], 2, "possible values: typical"),
        (&["--preset", "minimal,maximal"], 2, "contradict"),
        (&["--fault", "5%:x"], 2, "fault"),
        (&["--fault", "5%:rest"], 2, "did you mean `reset`?"),
        (&["--fault", "5%:cod=1"], 2, "did you mean `code`?"),
        (&["--fault", "5%:preset=nuls"], 2, "--fault: `5%:preset=nuls`: unknown preset `nuls`"),
        (&["--fault", "5%:preset=nuls"], 2, "did you mean `nulls`?"),
        (&["--fault", "5%:preset=minimal+maximal"], 2, "contradict"),
        (&["--fault", "5%:envelope=documentd"], 2, "did you mean `documented`?"),
        (&["--fault", "5%:violation=nul-value"], 2, "did you mean `null-value`?"),
        (&["--fault", "5%:violation=total-changed"], 2, "no single payload violates `total-changed`"),
        (&["--fault", "5%:drift=rename"], 2, "rename:PROPERTY"),
        (&["--fault", "5%:drift=remove:slugg"], 2, "no property `slugg`; did you mean `slug`?"),
        (&["--scenario", late], 2, "late.toml:5: step 2: `preset`: unknown preset `nuls`"),
        (&["--fault", "60%:reset", "--fault", "60%:429"], 2, "--fault: the shares"),
        (&["--latency", "x"], 2, "latency"),
        (&["--rate-limit", "x"], 2, "limit"),
        (&["--envelope", "none"], 2, "envelope"),
        (&["--contract", "none"], 2, "--contract"),
        (&["--api-key-file", "no-such-file"], 3, "--api-key-file"),
        (&["--api-key-file", late], 2, "late.toml: invalid API key"),
        (&["--fault", "5%:preset=zzz"], 2, "boundary, quirks\n"),
        (&["--scenario", "no-such-file"], 2, "no-such-file"),
        (&["--scenario", scenario], 2, "step 1"),
        (&["--ready-file", "-"], 2, "standard output"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        let output = command.args(["serve", "--no-settings"]).args(flags).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{flags:?}: {stderr}");
        assert!(stderr.contains(expected), "{flags:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{flags:?}");
    }
}

#[test]
fn a_signal_lets_open_requests_end_and_the_exit_code_is_0() {
    for (signal, _) in crate::tool::signals() {
        let tool = Tool::start(&["--total", "30"]);
        let address = tool.address();
        let asked = thread::spawn(move || {
            let head = format!(
                "GET {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nprefer: wait=1\r\nauthorization: Bearer {KEY}\r\n\r\n"
            );
            Reply::of(&send(address, head.as_bytes()).unwrap())
        });
        // One that says nothing is not waited for.
        let _idle = TcpStream::connect(address).unwrap();
        thread::sleep(Duration::from_millis(400));
        let from = Instant::now();
        let (code, stderr) = tool.end(&format!("-{signal}"));
        assert_eq!(code, Some(0), "{signal}: {stderr}");
        assert!(from.elapsed() < Duration::from_secs(8), "{:?}", from.elapsed());
        assert!(stderr.contains("ended after 1 request\n"), "{stderr}");
        assert_eq!(asked.join().unwrap().names().len(), 25);
    }
}
