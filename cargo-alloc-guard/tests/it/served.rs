//! `serve`: to this computer, for reading, until Ctrl-C.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
};

use crate::{
    profiles::profile,
    workspace::{command, ran},
};

/// A server at a port that was free.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start() -> Self {
        let mut child = command(["serve", "--port", "0"])
            .arg(profile("decoded-base.dat"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let port = url.and_then(|url| url.strip_prefix("http://localhost:"));
        let port = port.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Self { child, port }
    }

    /// The head and the body of the answer to a request.
    fn ask(&self, request: &str, host: &str) -> (String, String) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {host}:{}\r\n\r\n",
            self.port
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_is_served_to_this_computer_and_nobody_else() {
    let served = Served::start();
    let (head, page) = served.ask("GET /", "localhost");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("Cache-Control: no-store"), "{head}");
    assert!(page.contains("</html>"), "{page}");
    // An idle connection keeps nobody waiting.
    let idle = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    let (head, nothing) = served.ask("HEAD /", "127.0.0.1");
    drop(idle);
    assert!(
        head.contains(&format!("Content-Length: {}\r\n", page.len())),
        "{head}"
    );
    assert_eq!(nothing, "");
    for (request, host, status) in [
        ("GET /", "evil.example", "403"),
        ("GET /a", "localhost", "404"),
        ("POST /", "localhost", "405"),
    ] {
        let (head, body) = served.ask(request, host);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(!body.contains("<html"), "{body}");
    }
}

#[test]
fn a_port_that_is_taken_is_one_error_with_its_remedy() {
    let served = Served::start();
    let port = served.port.to_string();
    let ran = ran(command(["serve", "--port", port.as_str()]).arg(profile("decoded-base.dat")));
    ran.says(1, &[]);
    assert!(ran.stderr.contains(&port), "{ran}");
    assert!(ran.stderr.contains("--port"), "{ran}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_well() {
    let mut served = Served::start();
    let process = served.child.id().to_string();
    let sent = Command::new("kill")
        .args(["-INT", &process])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}
