//! What a client that throws everything away must still know of a page: whether there is more, and after which object.
//!
//! The body is gone through once, byte by byte, and nothing is kept of it but the place of the last id. Objects are counted
//! on the way, and the lines of invoices, because that costs no second look.

use anyhow::{Context as _, Result, bail};

/// How deep a page's own fields stand, and those of its objects: page, list, object.
const OF_THE_PAGE: usize = 1;
const OF_AN_OBJECT: usize = 3;

/// A page, without what it holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Objects of the list itself.
    pub(super) objects: u64,
    /// Lines of invoices inside them.
    pub(super) lines: u64,
    /// Whether another page follows.
    pub(super) has_more: bool,
    /// The id of the last object.
    pub(super) last: Option<String>,
}

/// Where the reading stands.
struct Scan<'a> {
    body: &'a [u8],
    at: usize,
    depth: usize,
    in_data: bool,
    has_more: Option<bool>,
    last: Option<&'a [u8]>,
    objects: u64,
    lines: u64,
}

/// Goes through a page.
pub(super) fn look(body: &[u8]) -> Result<Seen> {
    let mut scan = Scan {
        body,
        at: 0,
        depth: 0,
        in_data: false,
        has_more: None,
        last: None,
        objects: 0,
        lines: 0,
    };
    while let Some(byte) = scan.byte() {
        scan.at += 1;
        match byte {
            b'{' | b'[' => scan.open(),
            b'}' | b']' => {
                scan.depth = scan.depth.checked_sub(1).context("a page closes twice")?;
            }
            b'"' => scan.string()?,
            _ => {}
        }
    }
    if scan.depth != 0 {
        bail!("a page ended too early");
    }
    let last = scan.last.map(|id| String::from_utf8_lossy(id).into_owned());
    Ok(Seen {
        objects: scan.objects,
        lines: scan.lines,
        has_more: scan
            .has_more
            .context("a page told not whether there is more")?,
        last,
    })
}

impl<'a> Scan<'a> {
    fn byte(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn open(&mut self) {
        self.depth += 1;
        if self.depth == OF_AN_OBJECT && self.in_data {
            self.objects += 1;
        }
    }

    /// A string that has begun; when it names a field that matters, the field's value.
    fn string(&mut self) -> Result<()> {
        let name = self.quoted()?;
        self.blanks();
        if self.byte() != Some(b':') {
            return Ok(());
        }
        self.at += 1;
        self.blanks();
        match (self.depth, name) {
            (OF_THE_PAGE, b"data") => self.in_data = true,
            (OF_THE_PAGE, b"has_more") => {
                self.in_data = false;
                self.has_more = Some(self.byte() == Some(b't'));
            }
            (OF_THE_PAGE, _) => self.in_data = false,
            (OF_AN_OBJECT, b"id") if self.in_data => {
                if let Some(id) = self.value()? {
                    self.last = Some(id);
                }
            }
            (_, b"object") => self.lines += u64::from(self.value()? == Some(b"line_item")),
            _ => {}
        }
        Ok(())
    }

    /// A value that is a string; anything else is left where it stands.
    fn value(&mut self) -> Result<Option<&'a [u8]>> {
        if self.byte() != Some(b'"') {
            return Ok(None);
        }
        self.at += 1;
        self.quoted().map(Some)
    }

    /// The rest of a string, and past its end.
    fn quoted(&mut self) -> Result<&'a [u8]> {
        let body = self.body;
        let rest = body.get(self.at..).unwrap_or_default();
        let mut escaped = false;
        let end = rest.iter().position(|byte| {
            if escaped {
                escaped = false;
                return false;
            }
            escaped = *byte == b'\\';
            *byte == b'"'
        });
        let end = end.context("a page ended inside a text")?;
        self.at += end + 1;
        rest.get(..end).context("a page ended inside a text")
    }

    fn blanks(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lists_own_objects_are_counted_and_named() {
        let body = br#"{"data":[
            {"id":"in_1","customer":{"id":"cus_1","object":"customer"},"lines":{"data":[{"id":"il_1","object":"line_item"}],"has_more":true},"object":"invoice"},
            {"object":"invoice","lines":{"data":[{"object":"line_item"},{"object" : "line_item"}],"has_more":true},"id":"in_2"}
        ],"has_more":false,"object":"list","url":"/v1/invoices"}"#;
        let seen = look(body).unwrap();
        assert_eq!((seen.objects, seen.lines), (2, 3));
        assert!(
            !seen.has_more,
            "an invoice with more lines is no longer list"
        );
        assert_eq!(seen.last.as_deref(), Some("in_2"));
    }

    #[test]
    fn texts_may_hold_anything() {
        let body = br#"{"object":"list","has_more":true,"data":[{"name":"\"}]{ \\","id":"a"},{"id":null,"object":"x"}]}"#;
        let seen = look(body).unwrap();
        assert_eq!(seen.objects, 2);
        assert!(seen.has_more);
        assert_eq!(seen.last.as_deref(), Some("a"));
    }

    #[test]
    fn an_empty_list_has_no_last_object() {
        let seen = look(br#"{"object":"list","data":[],"has_more":false}"#).unwrap();
        assert_eq!(seen, Seen::default());
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for body in [
            "",
            "{}",
            r#"{"has_more":true"#,
            r#"{"has_more":true,"data":["#,
            "]",
            r#"{"a"#,
        ] {
            assert!(look(body.as_bytes()).is_err(), "{body}");
        }
    }
}
