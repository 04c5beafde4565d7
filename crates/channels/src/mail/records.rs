//! What a domain tells receivers of its mail: who may send it (SPF, RFC 7208), with which key it is signed (DKIM, RFC 6376), and
//! what becomes of what is neither (DMARC, RFC 7489).

/// Who may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spf {
    /// How many other names it asks for by itself; what those ask for in turn is not counted.
    pub questions: usize,
    /// What becomes of mail from everybody else: `-`, `~`, `?`, or `+`. Nothing if it does not say.
    pub others: Option<char>,
    /// Whether another domain's record says the rest.
    pub goes_on: bool,
}

/// Reads a text as SPF, if it is.
#[must_use]
pub fn spf(text: &str) -> Option<Spf> {
    let text = text.to_ascii_lowercase();
    let mut terms = text.split(' ');
    if terms.next() != Some("v=spf1") {
        return None;
    }
    let mut read = Spf { questions: 0, others: None, goes_on: false };
    for term in terms.filter(|it| !it.is_empty()) {
        let sign = term.chars().next().filter(|it| "+-~?".contains(*it));
        let bare = term.trim_start_matches(['+', '-', '~', '?']);
        let name = bare.split([':', '=', '/']).next().unwrap_or_default();
        match name {
            "all" => read.others = Some(sign.unwrap_or('+')),
            "redirect" => read.goes_on = true,
            _ => {}
        }
        // RFC 7208, 4.6.4
        read.questions += usize::from(["include", "a", "mx", "ptr", "exists", "redirect"].contains(&name));
    }
    Some(read)
}

/// The public key that a text tells of, if it is such a record; an empty one was withdrawn.
#[must_use]
pub fn dkim(text: &str) -> Option<String> {
    let named = tags(text);
    // The version may be left out, but is what it is where it stands (RFC 6376, 3.6.1).
    if named.iter().any(|(name, value)| name == "v" && value != "DKIM1") {
        return None;
    }
    named.into_iter().find(|(name, _)| name == "p").map(|(_, value)| value.split_whitespace().collect())
}

/// What becomes of mail that nobody vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmarc {
    /// `none`, `quarantine` or `reject`: of the domain's own.
    pub policy: String,
    /// The same of what is below it.
    pub below: String,
}

/// Reads a text as DMARC, if it is.
#[must_use]
pub fn dmarc(text: &str) -> Option<Dmarc> {
    let named = tags(text);
    let (name, version) = named.first()?;
    if name != "v" || version != "DMARC1" {
        return None;
    }
    let get = |wanted: &str| {
        let found =
            named.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.to_ascii_lowercase());
        found.filter(|it| ["none", "quarantine", "reject"].contains(&it.as_str()))
    };
    // A policy that nobody knows asks for nothing (RFC 7489, 6.6.3).
    let policy = get("p").unwrap_or_else(|| "none".into());
    Some(Dmarc { below: get("sp").unwrap_or_else(|| policy.clone()), policy })
}

/// `name=value; name=value`.
fn tags(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(';').filter_map(|it| it.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_send_is_read() {
        let read = spf("v=spf1 mx a:out.lantern.example include:_spf.example ip4:192.0.2.1 ~all").unwrap();
        assert_eq!(read, Spf { questions: 3, others: Some('~'), goes_on: false });
        assert_eq!(spf("V=SPF1 +all").unwrap().others, Some('+'));
        assert_eq!(spf("v=spf1 all").unwrap().others, Some('+'));
        assert!(spf("v=spf1 redirect=_spf.example").unwrap().goes_on);
        assert_eq!(spf("v=spf1").unwrap().others, None);
        for other in ["v=spf10 -all", "spf2.0/pra -all", "google-site-verification=v=spf1", ""] {
            assert_eq!(spf(other), None, "{other}");
        }
    }

    #[test]
    fn a_key_is_read_however_it_is_cut() {
        assert_eq!(dkim("v=DKIM1; k=rsa; p=AB CD\t=").as_deref(), Some("ABCD="));
        assert_eq!(dkim("p=AB").as_deref(), Some("AB"));
        assert_eq!(dkim("v=DKIM1; p=").as_deref(), Some(""));
        assert_eq!(dkim("v=DMARC1; p=none"), None);
        assert_eq!(dkim("hello"), None);
    }

    #[test]
    fn what_becomes_of_the_rest_is_read() {
        let read = dmarc("v=DMARC1; p=Quarantine; sp=none").unwrap();
        assert_eq!((read.policy.as_str(), read.below.as_str()), ("quarantine", "none"));
        assert_eq!(dmarc("v=DMARC1; rua=mailto:a@b.example").unwrap().policy, "none");
        assert_eq!(dmarc("p=none; v=DMARC1"), None);
    }
}
