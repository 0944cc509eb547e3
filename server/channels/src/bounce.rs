//! E-mail that comes back: the report of a mail server (RFC 3464), as it is piped to `saldar bounce`.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use services::outbox::{Delivery, Report};
use uuid::Uuid;

/// Why there is nothing to note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    #[error("it is no report of a mail server (message/delivery-status); nothing was noted")]
    NoReport,
    #[error(
        "it names no message of ours, by Message-ID or by the address that it was sent to; nothing was noted"
    )]
    NotOurs,
    #[error("the mail server still tries, or passed it on; nothing was noted")]
    NothingYet,
}

/// Reads what came back. `to` is the address that it came back to, where the mail server tells it.
/// The report is for the channel [`super::email::NAME`].
///
/// # Errors
/// It says nothing of a message of ours that is to be noted.
pub fn read(raw: &[u8], to: Option<&str>) -> Result<Report, Ignored> {
    let mail = MessageParser::default().parse(raw).ok_or(Ignored::NoReport)?;
    let status = mail.parts.iter().find(|part| is_a(*part, "message", "delivery-status"));
    let status = String::from_utf8_lossy(status.ok_or(Ignored::NoReport)?.contents()).replace('\r', "");
    let provider_ref = ours(&mail, to).ok_or(Ignored::NotOurs)?.to_string();
    // Fields of the message come first, then those of each recipient; our messages have one.
    let fates = status.split("\n\n").filter_map(fields);
    let (action, code) = fates.into_iter().find_map(|block| fate(&block)).ok_or(Ignored::NoReport)?;
    match action.as_str() {
        "failed" => {
            let failure = Some(format!("bounced:{code}"));
            Ok(Report::State { provider_ref, state: Delivery::Undelivered, failure, at: None })
        }
        "delivered" => {
            Ok(Report::State { provider_ref, state: Delivery::Delivered, failure: None, at: None })
        }
        _ => Err(Ignored::NothingYet),
    }
}

fn is_a<'x>(part: &impl MimeHeaders<'x>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|is| {
        is.ctype().eq_ignore_ascii_case(kind)
            && is.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

/// The id of our message: of the one that is sent back, or behind the plus sign of the address that
/// the report was sent to.
fn ours(mail: &Message<'_>, to: Option<&str>) -> Option<Uuid> {
    let returned = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Message(inner) => by_message_id(inner.message_id()?),
        _ if is_a(part, "text", "rfc822-headers") || is_a(part, "message", "rfc822-headers") => {
            let text = String::from_utf8_lossy(part.contents()).into_owned() + "\n\n";
            by_message_id(MessageParser::default().parse_headers(text.as_bytes())?.message_id()?)
        }
        _ => None,
    });
    let heads = ["Delivered-To", "X-Original-To"].into_iter().filter_map(|name| mail.header_raw(name));
    let to_us = mail.to().into_iter().flat_map(mail_parser::Address::iter).filter_map(|to| to.address());
    returned.or_else(|| to.into_iter().chain(heads).chain(to_us).find_map(by_address))
}

fn by_message_id(id: &str) -> Option<Uuid> {
    id.trim_matches(['<', '>', ' ']).split('@').next()?.parse().ok()
}

fn by_address(address: &str) -> Option<Uuid> {
    let user = address.trim().trim_matches(['<', '>']).rsplit_once('@')?.0;
    user.rsplit_once('+')?.1.parse().ok()
}

/// A block of fields as pairs; none for an empty one.
fn fields(block: &str) -> Option<Vec<(String, String)>> {
    let text = format!("{}\n\n", block.trim_start_matches('\n'));
    let head = MessageParser::default().parse_headers(text.as_bytes())?;
    let pairs: Vec<_> = head
        .headers_raw()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    (!pairs.is_empty()).then_some(pairs)
}

/// What became of one recipient: the action (RFC 3464 section 2.3.3), and the status code.
fn fate(block: &[(String, String)]) -> Option<(String, String)> {
    let field = |name: &str| block.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let action = field("action")?.to_ascii_lowercase();
    let told = field("status").and_then(code_in);
    // Servers that pass on another one's refusal often say no more than that it was for good.
    let by_other = || field("diagnostic-code").and_then(code_in);
    let code = match told {
        Some(code) if !code.ends_with(".0.0") => Some(code),
        vague => by_other().or(vague),
    };
    Some((action, code.unwrap_or_else(|| "5.0.0".to_owned())))
}

/// The first enhanced status code (RFC 3463) in a text.
fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let [class, subject, detail] = parts.as_slice() else { return None };
        let fits = matches!(*class, "2" | "4" | "5")
            && [subject, detail].iter().all(|part| (1..=3).contains(&part.len()));
        fits.then(|| word.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0197a5b0-0000-7000-8000-00000000002a";

    fn read_file(text: &str) -> Result<Report, Ignored> {
        read(text.replace("{ID}", ID).as_bytes(), None)
    }

    fn failed(code: &str) -> Result<Report, Ignored> {
        let failure = Some(format!("bounced:{code}"));
        Ok(Report::State { provider_ref: ID.to_owned(), state: Delivery::Undelivered, failure, at: None })
    }

    #[test]
    fn reports_of_different_servers_are_read() {
        assert_eq!(read_file(include_str!("../tests/dsn/postfix.eml")), failed("5.1.1"));
        assert_eq!(read_file(include_str!("../tests/dsn/exchange.eml")), failed("5.1.10"));
        assert_eq!(read_file(include_str!("../tests/dsn/gmail.eml")), failed("5.2.2"));
        assert_eq!(read_file(include_str!("../tests/dsn/delayed.eml")), Err(Ignored::NothingYet));
    }

    #[test]
    fn the_address_that_it_came_back_to_names_the_message_too() {
        let bare = include_str!("../tests/dsn/bare.eml");
        assert_eq!(read(bare.as_bytes(), None), Err(Ignored::NotOurs));
        let to = format!("bounces+{ID}@example.com");
        assert_eq!(read(bare.as_bytes(), Some(&to)), failed("5.4.4"));
        let told = bare.replace("To: bounces@example.com", &format!("To: <{to}>"));
        assert_eq!(read(told.as_bytes(), None), failed("5.4.4"));
    }

    #[test]
    fn what_is_no_report_is_left_alone() {
        let away = "From: ana@example.com\r\nSubject: Estoy de vacaciones\r\n\r\nVuelvo el lunes.\r\n";
        assert_eq!(read(away.as_bytes(), None), Err(Ignored::NoReport));
        assert_eq!(read(b"", None), Err(Ignored::NoReport));
        assert_eq!(read(&[0xff; 64], None), Err(Ignored::NoReport));
    }
}
