//! Takes out of a text what must not be shown or logged: keys, e-mail addresses and card numbers.
//!
//! Everything that came from outside goes through here before it enters an error or a log. It is a net, not a parser: it
//! takes out too much rather than too little, and it keeps ids such as `acct_…` and `req_…`, which are needed to help.

/// The prefixes of keys. What follows the underscore is taken out with them.
const KEY_PREFIXES: [&str; 8] = ["sk", "rk", "pk", "whsec", "pdl", "rkcs", "mk", "ek"];

/// The fewest and the most digits in a card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Takes out keys, e-mail addresses and what looks like card numbers.
#[must_use]
pub fn redact(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let chars = without_keys(&chars);
    let chars = without_addresses(&chars);
    without_card_numbers(&chars).into_iter().collect()
}

/// A message from outside: redacted, on one line, at most 300 characters.
pub(crate) fn redact_short(text: &str) -> String {
    const LENGTH_MAX: usize = 300;
    let line: String = redact(text)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    if line.chars().count() <= LENGTH_MAX {
        return line.to_owned();
    }
    let mut cut: String = line.chars().take(LENGTH_MAX).collect();
    cut.push('…');
    cut
}

/// A code or an id from outside: redacted, then its plain characters, at most 80 of them.
pub(crate) fn redact_word(text: &str) -> String {
    redact(text)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '[' | ']'))
        .take(80)
        .collect()
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '•')
}

/// A key begins where no word is under way, or anywhere when a mode follows its prefix.
fn key_at(chars: &[char], at: usize) -> Option<usize> {
    let rest = chars.get(at..)?;
    let starts_with = |text: &str| {
        rest.len() >= text.len() && rest.iter().zip(text.chars()).all(|(a, b)| *a == b)
    };
    let fresh = at
        .checked_sub(1)
        .and_then(|before| chars.get(before))
        .is_none_or(|before| !before.is_ascii_alphanumeric() && *before != '_');
    let begins = KEY_PREFIXES.iter().any(|prefix| {
        let moded = ["live", "test", "org"]
            .iter()
            .any(|mode| starts_with(&format!("{prefix}_{mode}_")));
        moded || (fresh && starts_with(&format!("{prefix}_")))
    });
    begins.then(|| rest.iter().take_while(|c| is_key_char(**c)).count())
}

fn without_keys(chars: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        // Every prefix begins with one of these letters; anything else cannot begin a key.
        let may_begin = matches!(c, 's' | 'r' | 'p' | 'w' | 'm' | 'e');
        match may_begin.then(|| key_at(chars, at)).flatten() {
            Some(length) => {
                out.extend("[key]".chars());
                at += length.max(1);
            }
            None => {
                out.push(*c);
                at += 1;
            }
        }
    }
    out
}

fn is_local_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '~')
}

fn is_domain_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

fn without_addresses(chars: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let tail = chars.get(at..).unwrap_or_default();
        let sign = match (c, tail) {
            ('@', _) => 1,
            ('%', [_, '4', '0', ..]) => 3,
            _ => 0,
        };
        let domain = tail
            .iter()
            .skip(sign)
            .take_while(|c| is_domain_char(**c))
            .count();
        if sign > 0 && domain > 0 && out.last().is_some_and(|c| is_local_char(*c)) {
            while out.last().is_some_and(|c| is_local_char(*c)) {
                out.pop();
            }
            out.extend("[e-mail]".chars());
            at += sign + domain;
        } else {
            out.push(*c);
            at += 1;
        }
    }
    out
}

fn without_card_numbers(chars: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if !c.is_ascii_digit() {
            out.push(*c);
            at += 1;
            continue;
        }
        let run = digit_run(chars.get(at..).unwrap_or_default());
        let taken = chars.get(at..at + run).unwrap_or_default();
        let digits = taken.iter().filter(|c| c.is_ascii_digit()).count();
        if CARD_DIGITS.contains(&digits) {
            out.extend("[number]".chars());
        } else {
            out.extend(taken);
        }
        at += run.max(1);
    }
    out
}

/// The length of a run of digits with single spaces or hyphens between them.
fn digit_run(chars: &[char]) -> usize {
    let mut length = 0;
    while let Some(c) = chars.get(length) {
        let next_is_digit = chars.get(length + 1).is_some_and(char::is_ascii_digit);
        let goes_on = c.is_ascii_digit() || (matches!(c, ' ' | '-') && next_is_digit);
        if !goes_on {
            break;
        }
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_addresses_and_card_numbers_are_taken_out() {
        for (text, clean) in [
            (
                "Invalid API Key provided: sk_live_abc123",
                "Invalid API Key provided: [key]",
            ),
            ("The key 'rk_test_******1234' (x)", "The key '[key]' (x)"),
            ("whsec_AbC/pk_test_1", "[key]/[key]"),
            ("glued:xrk_live_abc", "glued:x[key]"),
            ("glued:xsk_org_abc", "glued:x[key]"),
            ("sk_org_abc@acct_1@live", "[key]@[e-mail]"),
            (
                "rkcs_test_1 pdl_live_2 mk_3 ek_4",
                "[key] [key] [key] [key]",
            ),
            (
                "No such customer: jane.doe+x@example.co.uk!",
                "No such customer: [e-mail]!",
            ),
            ("email=jane%40example.com&x", "email=[e-mail]&x"),
            ("card 4242 4242 4242 4242.", "card [number]."),
            ("4242-4242-4242-4242", "[number]"),
            ("378282246310005", "[number]"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    #[test]
    fn what_helps_is_kept() {
        for text in [
            "on account 'acct_1Pgc6tB7WZ01zgkW'",
            "Having the 'rak_customer_read' permission",
            "req_abc123 at 1721954054",
            "task_force, risk_level, a @ b",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn a_word_is_redacted_before_it_is_made_plain() {
        assert_eq!(redact_word("jane.doe@example.com"), "[e-mail]");
        assert_eq!(redact_word("cus_1\n<b>"), "cus_1b");
    }

    #[test]
    fn a_long_message_is_cut_and_put_on_one_line() {
        let short = redact_short(&format!("a\nb{}", "ü".repeat(1000)));
        assert!(short.starts_with("a b"));
        assert_eq!(short.chars().count(), 301);
    }

    proptest! {
        #[test]
        fn a_key_never_survives(before in "\\PC{0,20}", body in "[A-Za-z0-9]{8,40}", after in "\\PC{0,20}") {
            for prefix in ["sk_live_", "rk_test_", "rk_live_", "sk_test_"] {
                let clean = redact(&format!("{before}{prefix}{body}{after}"));
                let gone = !clean.contains(&format!("{prefix}{body}"));
                prop_assert!(gone);
            }
        }

        #[test]
        fn any_text_can_be_redacted(text in "\\PC*") {
            let _ = redact(&text);
            let _ = redact_short(&text);
            let _ = redact_word(&text);
        }
    }
}
