use std::thread;

use clients_contract::serve::{Mock, Options};
use serde_json::Value;

use super::{KEY, ask, ask_by, generated, mock, page};

#[test]
fn a_mock_works_from_synchronous_and_asynchronous_tests() {
    let data = generated(5);
    let mock = Mock::start(&data).unwrap();
    assert_eq!(page(&mock, "").total(), 5);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mock = Mock::start(&data).unwrap();
        let stream = tokio::net::TcpStream::connect(mock.address()).await.unwrap();
        stream.writable().await.unwrap();
        let request =
            format!("GET /incoming/v2/clients HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\r\n");
        assert_eq!(stream.try_write(request.as_bytes()).unwrap(), request.len());
        stream.readable().await.unwrap();
        let mut buffer = [0; 64];
        let length = stream.try_read(&mut buffer).unwrap();
        assert!(buffer[..length].starts_with(b"HTTP/1.1 200 OK\r\n"));
    });
}

#[test]
fn mocks_run_beside_each_other_and_stop_when_they_are_dropped() {
    let data = generated(40);
    let work = |count: u64| {
        let mock = Mock::start(&data).unwrap();
        for number in 0..count {
            assert_eq!(page(&mock, &format!("count={}", number + 1)).names().len() as u64, number + 1);
        }
        assert_eq!(mock.requests().len() as u64, count);
        mock.address()
    };
    let addresses: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (1..9).map(|count| scope.spawn(move || work(count))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(addresses.iter().all(|address| std::net::TcpStream::connect(address).is_err()));
}

#[test]
fn the_journal_can_be_read_and_faults_repeat() {
    let options = Options::default().fault("30%:500".parse().unwrap()).unwrap().seed(9);
    let mock = mock(&generated(3), options);
    let statuses =
        || (0..30).map(|_| ask(&mock, "/incoming/v2/clients?count=1", &[]).status).collect::<Vec<_>>();
    let first = statuses();
    assert!(first.contains(&500) && first.contains(&200));
    let requests = mock.requests();
    assert_eq!(requests.iter().map(|one| one.status.unwrap()).collect::<Vec<_>>(), first);
    assert_eq!(requests[29].number, 30);
    assert_eq!(requests[0].header("authorization"), Some("Bearer ***"));
    ask_by(&mock, "POST", "/__admin/reset", &[]);
    assert_eq!(statuses(), first);
    let asked: Value = ask(&mock, "/__admin/requests", &[]).json();
    assert_eq!(asked["requests"].as_array().unwrap().len(), 30);
}
