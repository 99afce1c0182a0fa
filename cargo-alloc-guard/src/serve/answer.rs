//! Owns what a request is answered with. Pure: bytes to bytes.

use std::io::{self, Write};

/// What goes with every answer. The page's own policy is stricter, and cannot say who may frame it.
const HEADERS: &str = "\
Cache-Control: no-store\r\n\
Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
Cross-Origin-Resource-Policy: same-origin\r\n\
Referrer-Policy: no-referrer\r\n\
X-Content-Type-Options: nosniff\r\n\
Connection: close\r\n";

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The page; without its body where only the head was asked for.
    Page { has_body: bool },
    /// It is no HTTP, or has not one `Host`.
    Bad,
    /// Another name than this computer's: a site elsewhere had its name lead here, to read what is served (DNS rebinding).
    ForeignHost,
    /// There is nothing but the page.
    NotFound,
    /// Nothing can be changed.
    Method,
}

impl Answer {
    /// The answer to a request with this head, on this port.
    pub(super) fn to(head: &[u8], port: u16) -> Self {
        let Ok(head) = str::from_utf8(head) else {
            return Self::Bad;
        };
        let mut lines = head.split("\r\n");
        let request: Vec<&str> = lines.next().unwrap_or("").split(' ').collect();
        let [method, target, "HTTP/1.0" | "HTTP/1.1"] = request[..] else {
            return Self::Bad;
        };
        let hosts: Vec<&str> = lines
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
            .map(|(_, value)| value.trim())
            .collect();
        match hosts[..] {
            [host] if is_ours(host, port) => {}
            [_] => return Self::ForeignHost,
            _ => return Self::Bad,
        }
        let has_body = match method {
            "GET" => true,
            "HEAD" => false,
            _ => return Self::Method,
        };
        match target.split('?').next() {
            Some("/") => Self::Page { has_body },
            _ => Self::NotFound,
        }
    }

    /// Writes the answer.
    pub(super) fn write(self, page: &[u8], port: u16, out: &mut impl Write) -> io::Result<()> {
        let (status, more, text) = match self {
            Self::Page { has_body } => {
                head(out, "200 OK", "", "text/html", page.len())?;
                return if has_body {
                    out.write_all(page)
                } else {
                    Ok(())
                };
            }
            Self::Bad => (
                "400 Bad Request",
                "",
                "this is no request for the page\n".to_owned(),
            ),
            Self::ForeignHost => (
                "403 Forbidden",
                "",
                format!("the page is at http://localhost:{port}/ only\n"),
            ),
            Self::NotFound => (
                "404 Not Found",
                "",
                format!("there is only http://localhost:{port}/\n"),
            ),
            Self::Method => (
                "405 Method Not Allowed",
                "Allow: GET, HEAD\r\n",
                "the page can only be read\n".to_owned(),
            ),
        };
        head(out, status, more, "text/plain", text.len())?;
        out.write_all(text.as_bytes())
    }
}

fn head(
    out: &mut impl Write,
    status: &str,
    more: &str,
    kind: &str,
    length: usize,
) -> io::Result<()> {
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n{more}{HEADERS}\r\n"
    )
}

/// Whether a browser that shows this host's name was sent here by its user.
fn is_ours(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, given)) if !given.contains(']') => (name, given.parse().ok()),
        _ => (host, Some(80)),
    };
    let is_local = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|local| name.eq_ignore_ascii_case(local));
    is_local && given == Some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_for_this_computer_and_for_reading() {
        let page = |has_body| Answer::Page { has_body };
        for (request, expected) in [
            ("GET / HTTP/1.1\r\nHost: localhost:8080\r\n", page(true)),
            ("GET /?a=b HTTP/1.1\r\nhost:LOCALHOST:8080\r\n", page(true)),
            ("HEAD / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n", page(false)),
            ("GET / HTTP/1.0\r\nA: b\r\nHost: [::1]:8080\r\n", page(true)),
            (
                "GET / HTTP/1.1\r\nHost: evil.example:8080\r\n",
                Answer::ForeignHost,
            ),
            (
                "GET / HTTP/1.1\r\nHost: localhost.evil.example:8080\r\n",
                Answer::ForeignHost,
            ),
            ("GET / HTTP/1.1\r\nHost: localhost\r\n", Answer::ForeignHost),
            ("GET / HTTP/1.1\r\nHost: [::1]\r\n", Answer::ForeignHost),
            (
                "GET / HTTP/1.1\r\nHost: localhost:80800\r\n",
                Answer::ForeignHost,
            ),
            (
                "GET / HTTP/1.1\r\nHost: localhost:8081\r\n",
                Answer::ForeignHost,
            ),
            (
                "POST / HTTP/1.1\r\nHost: evil.example\r\n",
                Answer::ForeignHost,
            ),
            (
                "POST / HTTP/1.1\r\nHost: localhost:8080\r\n",
                Answer::Method,
            ),
            (
                "GET /../etc/passwd HTTP/1.1\r\nHost: localhost:8080\r\n",
                Answer::NotFound,
            ),
            (
                "GET http://a/ HTTP/1.1\r\nHost: localhost:8080\r\n",
                Answer::NotFound,
            ),
            ("GET / HTTP/1.1\r\n", Answer::Bad),
            (
                "GET / HTTP/1.1\r\nHost: localhost:8080\r\nHost: a\r\n",
                Answer::Bad,
            ),
            ("GET / HTTP/2\r\nHost: localhost:8080\r\n", Answer::Bad),
            ("GET /\r\nHost: localhost:8080\r\n", Answer::Bad),
            ("\u{16}\u{3}\u{1}", Answer::Bad),
            ("", Answer::Bad),
        ] {
            assert_eq!(
                Answer::to(request.as_bytes(), 8080),
                expected,
                "{request:?}"
            );
        }
        assert_eq!(Answer::to(b"GET \xff HTTP/1.1\r\n", 8080), Answer::Bad);
        let usual = b"GET / HTTP/1.1\r\nHost: localhost\r\n";
        assert_eq!(Answer::to(usual, 80), page(true));
    }

    #[test]
    fn every_answer_has_the_headers_and_the_length_of_its_body() {
        for answer in [
            Answer::Page { has_body: true },
            Answer::Page { has_body: false },
            Answer::Bad,
            Answer::ForeignHost,
            Answer::NotFound,
            Answer::Method,
        ] {
            let mut out = Vec::new();
            answer.write(b"<p>page", 8080, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            for header in [
                "Cache-Control: no-store",
                "frame-ancestors 'none'",
                "X-Content-Type-Options: nosniff",
                "Connection: close",
            ] {
                assert!(head.contains(header), "{header} in {head}");
            }
            let length = match answer {
                Answer::Page { has_body: false } => 7,
                _ => body.len(),
            };
            assert!(
                head.contains(&format!("Content-Length: {length}\r\n")),
                "{head}"
            );
        }
    }
}
