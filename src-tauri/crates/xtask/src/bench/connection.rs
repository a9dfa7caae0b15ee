//! One connection to a server on this machine, kept for as many questions as are put.
//!
//! It speaks as much HTTP as the simulated merchant does: every answer tells its length. Bodies are read whole.

use super::json;
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Long enough for the merchant to change a thousand objects of a large account.
const ANSWER: Duration = Duration::from_secs(120);
/// Longer than any page; a length above it is a mistake.
const BODY_MAX: usize = 256 * 1024 * 1024;

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    reader: BufReader<TcpStream>,
    address: String,
    key: String,
    body: Vec<u8>,
}

impl Connection {
    /// Connects to `http://ADDRESS`. Without a key only the merchant's control routes answer.
    pub(super) fn open(url: &str, key: &str) -> Result<Self> {
        let address = url
            .strip_prefix("http://")
            .with_context(|| format!("`{url}` is no address on this machine"))?
            .trim_end_matches('/')
            .to_owned();
        let stream = TcpStream::connect(&address)
            .with_context(|| format!("{address} could not be reached"))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::with_capacity(64 * 1024, stream),
            address,
            key: key.to_owned(),
            body: Vec::new(),
        })
    }

    /// Reads a path.
    pub(super) fn get(&mut self, path: &str) -> Result<&[u8]> {
        self.ask("GET", path, "")
    }

    /// Asks, and reads the whole answer; anything but 200 is an error.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<&[u8]> {
        let question = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.key,
            body.len()
        );
        self.reader.get_mut().write_all(question.as_bytes())?;
        let (status, length) = head(&mut self.reader)
            .with_context(|| format!("the answer to `{method} {path}` could not be read"))?;
        if length > BODY_MAX {
            bail!("the answer to `{method} {path}` is {length} bytes long");
        }
        self.body.resize(length, 0);
        self.reader.read_exact(&mut self.body)?;
        if status != 200 {
            let said = String::from_utf8_lossy(&self.body);
            let reason = json::text(&said, "message").unwrap_or_default();
            bail!("`{method} {path}` was answered with {status}: {reason}");
        }
        Ok(&self.body)
    }
}

/// The status of an answer and the length of its body.
fn head(reader: &mut impl BufRead) -> Result<(u16, usize)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .with_context(|| format!("it began with `{}`", line.trim_end()))?;
    let mut length = None;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            bail!("it ended too early");
        }
        let field = line.trim_end();
        if field.is_empty() {
            return Ok((status, length.context("it told no length")?));
        }
        if let Some((name, value)) = field.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse()?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_and_the_length_are_read_and_nothing_of_the_body() {
        let mut answer: &[u8] =
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(head(&mut answer).unwrap(), (200, 2));
        assert_eq!(answer, b"{}");
    }

    #[test]
    fn an_answer_without_an_end_or_a_length_is_refused() {
        for answer in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
            assert!(head(&mut answer.as_bytes()).is_err(), "{answer:?}");
        }
    }
}
