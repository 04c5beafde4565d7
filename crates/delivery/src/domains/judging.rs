//! What was found under a domain's names, held against what should be there, in plain words. Nothing is asked here.

use channels::{
    mail::records::{self, Spf},
    names::NoAnswer,
};

use super::{About, Entry, Finding, How, Ours};

/// What name servers said to one question.
type Told = Result<Vec<String>, NoAnswer>;

/// Receivers ask so many other names for who may send, and no more (RFC 7208, 4.6.4).
const QUESTIONS: usize = 10;

/// Who may send for domains that are at a provider, by the server that takes their mail.
const PROVIDERS: &[(&str, &str)] = &[
    ("gmail.com", "include:_spf.google.com"),
    ("office365.com", "include:spf.protection.outlook.com"),
    ("fastmail.com", "include:spf.messagingengine.com"),
    ("mail.me.com", "include:icloud.com"),
];

fn finding(about: About, how: How, said: impl Into<String>) -> Finding {
    Finding { about, how, said: said.into(), entry: None }
}

impl Finding {
    fn enter(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { entry: Some(Entry { name: name.into(), text: text.into() }), ..self }
    }
}

fn unanswered(about: About, why: &NoAnswer) -> Finding {
    finding(about, How::Unanswered, format!("It could not be looked up: {why}."))
}

/// Who may send.
pub(super) fn spf(ours: &Ours, told: Told) -> Finding {
    let about = About::Spf;
    let texts = match told {
        Ok(texts) => texts,
        Err(why) => return unanswered(about, &why),
    };
    let found: Vec<(&String, Spf)> =
        texts.iter().filter_map(|text| Some((text, records::spf(text)?))).collect();
    match found.as_slice() {
        [] => {
            let said = "Nothing says which servers may send its mail, so receivers have to guess. Enter this record; if others \
                send for you too, name them in it.";
            finding(about, How::Wrong, said).enter(&ours.domain, senders(ours))
        }
        [(text, spf)] => one_spf(ours, text, spf),
        several => {
            let said = format!(
                "There are {} records that say who may send, and receivers then believe none of them. Make them one.",
                several.len()
            );
            finding(about, How::Wrong, said)
        }
    }
}

fn one_spf(ours: &Ours, text: &str, spf: &Spf) -> Finding {
    let about = About::Spf;
    let closed = || {
        let terms = text.split(' ').filter(|it| {
            !it.is_empty() && !it.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all")
        });
        format!("{} ~all", terms.collect::<Vec<_>>().join(" "))
    };
    match (spf.questions, spf.others) {
        (_, Some('+')) => {
            let said = "Its record lets everybody in the world send in your name. Change it so that it ends in ~all.";
            finding(about, How::Wrong, said).enter(&ours.domain, closed())
        }
        (n, _) if n > QUESTIONS => {
            let said = format!(
                "Its record asks for {n} other names; receivers stop after {QUESTIONS} and take it for broken. Name fewer."
            );
            finding(about, How::Wrong, said)
        }
        (_, None | Some('?')) if !spf.goes_on => {
            let said = "Its record names who may send, but not what becomes of mail from others. Change it so that it ends in ~all.";
            finding(about, How::Better, said).enter(&ours.domain, closed())
        }
        _ => finding(about, How::Good, format!("One record says which servers may send: {text}")),
    }
}

/// The record we would enter.
fn senders(ours: &Ours) -> String {
    let server = ours.server.as_deref().unwrap_or_default();
    let provider = PROVIDERS.iter().find(|(end, _)| server.ends_with(end)).map(|(_, it)| *it);
    match provider {
        Some(include) => format!("v=spf1 {include} ~all"),
        // A server on this machine, or one that is called by its number, has no name that others could look up.
        None if !server.contains('.') || server.parse::<std::net::IpAddr>().is_ok() => {
            "v=spf1 a mx ~all".into()
        }
        None => format!("v=spf1 mx a:{server} ~all"),
    }
}

/// The key that mail is signed with.
pub(super) fn dkim(ours: &Ours, told: Option<Told>) -> Finding {
    let about = About::Dkim;
    let (Some(key), Some(told)) = (&ours.key, told) else {
        let said = "Not signed here. Whether your provider signs shows in a mail to yourselves.";
        return finding(about, How::Open, said);
    };
    let texts = match told {
        Ok(texts) => texts,
        Err(why) => return unanswered(about, &why),
    };
    let own = records::dkim(&key.record);
    let found: Vec<String> = texts.iter().filter_map(|text| records::dkim(text)).collect();
    let signs = key.signs_since.is_some();
    let enter = |it: Finding| it.enter(key.name(), &key.record);
    match found.as_slice() {
        [] if signs => enter(finding(
            about,
            How::Wrong,
            "Mail is signed, but the record of its key is not seen, so receivers take the signature for broken. Enter it.",
        )),
        [] => enter(finding(
            about,
            How::Better,
            "The record of our key is not seen yet. After it was entered that may take an hour.",
        )),
        [one] if Some(one) == own.as_ref() => {
            finding(about, How::Good, "The record is published, and it is our key.")
        }
        [one] if one.is_empty() => enter(finding(
            about,
            How::Wrong,
            "The record says that this key was withdrawn. Enter this one instead.",
        )),
        [_] => enter(finding(
            about,
            How::Wrong,
            "Another key than ours is published under this name. Enter this one instead.",
        )),
        _ => enter(finding(
            about,
            How::Wrong,
            "Several keys are published under this name, and receivers may take any. Keep only this one.",
        )),
    }
}

/// What becomes of mail that nobody vouches for: what is said nearest counts.
pub(super) fn dmarc(ours: &Ours, told: Vec<(String, Told)>) -> Finding {
    let about = About::Dmarc;
    for (of, said) in told {
        let texts = match said {
            Ok(texts) => texts,
            Err(why) => return unanswered(about, &why),
        };
        let found: Vec<records::Dmarc> = texts.iter().filter_map(|text| records::dmarc(text)).collect();
        match found.as_slice() {
            [] => {}
            [one] if of == ours.domain => return policy(&of, &one.policy, ""),
            [one] => return policy(&of, &one.below, &format!(" (said at {of})")),
            several => {
                let said = format!(
                    "There are {} policies at {of}, and receivers then heed none. Leave one.",
                    several.len()
                );
                return finding(about, How::Wrong, said);
            }
        }
    }
    let said = "Nothing says what becomes of mail that somebody else writes in your name; large receivers want to be told. \
        Enter this record, which changes nothing yet.";
    finding(about, How::Wrong, said).enter(format!("_dmarc.{}", ours.domain), "v=DMARC1; p=none")
}

fn policy(of: &str, policy: &str, place: &str) -> Finding {
    let about = About::Dmarc;
    match policy {
        "reject" => {
            finding(about, How::Good, format!("What others write in your name is refused{place} (p=reject)."))
        }
        "quarantine" => {
            let said =
                format!("What others write in your name is put aside as doubtful{place} (p=quarantine).");
            finding(about, How::Good, said)
        }
        _ => {
            let said = format!(
                "There is a policy that lets everything pass{place} (p=none). Once SPF and DKIM have been good for some weeks, \
                ask for what others write in your name to be put aside."
            );
            finding(about, How::Better, said).enter(format!("_dmarc.{of}"), "v=DMARC1; p=quarantine")
        }
    }
}

/// Where answers go.
pub(super) fn mx(ours: &Ours, told: Told) -> Finding {
    let about = About::Mx;
    match told {
        Err(why) => unanswered(about, &why),
        Ok(servers) if servers.is_empty() => {
            let said = format!(
                "Nothing says which server takes mail for {}, so answers may not come. Enter an MX record with the name of yours.",
                ours.domain
            );
            finding(about, How::Wrong, said)
        }
        Ok(servers) if servers.iter().all(|it| it == ".") => {
            let said = format!(
                "It is said that {} takes no mail, so nobody can answer. Enter an MX record with the name of your server.",
                ours.domain
            );
            finding(about, How::Wrong, said)
        }
        Ok(servers) => {
            let named: Vec<&str> = servers.iter().map(|it| it.trim_end_matches('.')).collect();
            finding(about, How::Good, format!("Answers go to {}.", named.join(", then ")))
        }
    }
}
