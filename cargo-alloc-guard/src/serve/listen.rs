//! Owns the sockets: which addresses are listened at, and how long anybody is waited for.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use super::answer::Answer;

/// Browsers open connections that they may never use.
const PATIENCE: Duration = Duration::from_secs(10);
/// A request's head is some hundred bytes, unless somebody tries something.
const LONGEST_HEAD: usize = 16 * 1024;
/// How many connections are answered at once. A browser opens six.
const MOST_CONNECTIONS: usize = 64;

/// Listens at a port of this computer, and of no network.
#[derive(Debug)]
pub(crate) struct Server {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Server {
    /// Takes the port; 0 is any that is free.
    ///
    /// # Errors
    /// If another program has it, or the system does not let us.
    pub(crate) fn bind(port: u16) -> Result<Self> {
        let first = listen(Ipv4Addr::LOCALHOST.into(), port)?;
        let port = first
            .local_addr()
            .context("failed to learn which port is listened at")?
            .port();
        let mut listeners = vec![first];
        // `localhost` may be either. Where the system has no IPv6, nobody asks for it.
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(second) => listeners.push(second),
            Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(in_use(port)),
            Err(_) => {}
        }
        Ok(Self { listeners, port })
    }

    /// Where the page is.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Serves the page until the process ends.
    pub(crate) fn serve(self, page: Vec<u8>) {
        let page = Arc::new(page);
        let port = self.port;
        thread::scope(|scope| {
            for listener in &self.listeners {
                let page = &page;
                scope.spawn(move || accept(listener, page, port));
            }
        });
    }
}

fn listen(address: IpAddr, port: u16) -> Result<TcpListener> {
    match TcpListener::bind((address, port)) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(in_use(port)),
        listener => listener.with_context(|| {
            format!("failed to listen at port {port}; choose another with --port")
        }),
    }
}

fn in_use(port: u16) -> String {
    format!(
        "another program listens at port {port}: choose another with --port, or any that is free with `--port 0`"
    )
}

fn accept(listener: &TcpListener, page: &Arc<Vec<u8>>, port: u16) {
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // Out of file descriptors, most likely: some connections have to end first.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        // Each connection holds the page. One too many is closed.
        if Arc::strong_count(page) > MOST_CONNECTIONS {
            continue;
        }
        let page = Arc::clone(page);
        thread::spawn(move || {
            // A browser that goes away is its user's business.
            let _ = answer(stream, &page, port);
        });
    }
}

fn answer(mut stream: TcpStream, page: &[u8], port: u16) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(&mut stream)?;
    Answer::to(&head, port).write(page, port, &mut stream)?;
    stream.flush()
}

/// What comes before the first empty line.
fn read_head(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    const END: &[u8] = b"\r\n\r\n";
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while head.len() < LONGEST_HEAD {
        let read = stream.read(&mut part)?;
        let searched = head.len().saturating_sub(END.len() - 1);
        head.extend_from_slice(&part[..read]);
        let end = head[searched..]
            .windows(END.len())
            .position(|window| window == END);
        if let Some(end) = end {
            head.truncate(searched + end);
            return Ok(head);
        }
        if read == 0 {
            break;
        }
    }
    // Not a request.
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_ends_at_the_first_empty_line_however_it_comes() {
        let request = b"GET / HTTP/1.1\r\nA: b\r\n\r\nbody\r\n\r\n";
        let mut slowly = request
            .chunks(1)
            .fold(Box::new(io::empty()) as Box<dyn Read>, |before, byte| {
                Box::new(before.chain(byte))
            });
        assert_eq!(read_head(&mut slowly).unwrap(), b"GET / HTTP/1.1\r\nA: b");
        assert_eq!(
            read_head(&mut &request[..]).unwrap(),
            b"GET / HTTP/1.1\r\nA: b"
        );
        assert_eq!(read_head(&mut &request[..9]).unwrap(), b"");
        assert_eq!(read_head(&mut io::repeat(b'a')).unwrap(), b"");
    }

    #[test]
    fn a_port_that_is_taken_is_named_with_its_remedy() {
        let server = Server::bind(0).unwrap();
        let error = Server::bind(server.port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {}", server.port)), "{error}");
        assert!(error.contains("--port"), "{error}");
        for listener in &server.listeners {
            assert!(listener.local_addr().unwrap().ip().is_loopback());
        }
    }
}
