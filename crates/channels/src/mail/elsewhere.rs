//! Pictures of a mail that are not in it but elsewhere: which they are, and what stands in their place.

/// Pictures of one mail that can be asked for: more than any letter has, fewer than would make us a tool for others.
const MOST: usize = 60;

/// HTML that went through the sieve, with the addresses of pictures that are elsewhere taken out; `place` and a picture's number
/// stand there instead, if it is given. And those addresses, by number. Pictures that nobody can see, which are there to tell
/// that a mail was read, are left out altogether.
pub(super) fn placed(html: &str, place: Option<&str>) -> (String, Vec<String>) {
    let (mut out, mut found, mut rest) = (String::with_capacity(html.len()), Vec::new(), html);
    while let Some(at) = rest.find('<') {
        let (before, on) = rest.split_at(at);
        let (tag, after) = on.split_at(end_of_tag(on));
        out.push_str(before);
        match attributes(tag) {
            Some(all) => out.push_str(&picture(&all, place, &mut found)),
            None => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    (out, found)
}

/// Behind its `>`; one within quotes does not count.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

/// The attributes of a picture, as the sieve writes them; nothing for any other element.
fn attributes(tag: &str) -> Option<Vec<(&str, &str)>> {
    let mut rest = tag.strip_prefix("<img")?.strip_suffix('>')?;
    let mut found = Vec::new();
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"')?;
        found.push((name.trim(), value));
        rest = after;
    }
    Some(found)
}

fn picture(all: &[(&str, &str)], place: Option<&str>, found: &mut Vec<String>) -> String {
    let address = all.iter().find(|(name, _)| *name == "src").and_then(|(_, value)| elsewhere(value));
    if address.is_some() && is_hidden(all) {
        return String::new();
    }
    let mut out = "<img".to_owned();
    for (name, value) in all {
        match (*name, &address) {
            // It was let through to see what is hidden.
            ("style", _) => {}
            ("src", Some(address)) => {
                if found.len() < MOST {
                    if let Some(place) = place {
                        out += &format!(" src=\"{place}{}\"", found.len());
                    }
                    found.push(address.clone());
                }
            }
            _ => out += &format!(" {name}=\"{value}\""),
        }
    }
    out + ">"
}

/// Whether a source leads to another machine.
pub(super) fn leads_elsewhere(source: &str) -> bool {
    let start = source.trim_start().get(..8).unwrap_or(source.trim_start()).to_ascii_lowercase();
    start.starts_with("http://") || start.starts_with("https://") || start.starts_with("//")
}

fn elsewhere(source: &str) -> Option<String> {
    let source = source.trim();
    if !leads_elsewhere(source) {
        return None;
    }
    let plain = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    let plain = plain.iter().fold(source.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(if plain.starts_with("//") { format!("https:{plain}") } else { plain })
}

/// Whether nobody could see it: a point, or something that is not shown.
fn is_hidden(all: &[(&str, &str)]) -> bool {
    let attribute = |wanted: &str| all.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let style: Vec<(String, String)> = attribute("style")
        .unwrap_or_default()
        .split(';')
        .filter_map(|it| it.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase()))
        .collect();
    let styled =
        |wanted: &str| style.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let is_point = |what: &str| {
        let told = styled(what).or(attribute(what)).unwrap_or_default();
        told.trim().trim_end_matches("px").trim().parse::<f32>().is_ok_and(|it| it <= 1.0)
    };
    (is_point("width") && is_point("height"))
        || styled("display").is_some_and(|it| it.starts_with("none"))
        || styled("visibility").is_some_and(|it| it.starts_with("hidden"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_an_address() {
        let html = r#"<p title="<img src='x'>">a<img src="parts/3" alt="cup"><img alt="logo" src="https://shop.example/a?b=1&amp;c=2"></p><img src="//cdn.example/d.png">"#;
        let (shown, found) = placed(html, Some("pictures/"));
        assert_eq!(found, ["https://shop.example/a?b=1&c=2", "https://cdn.example/d.png"]);
        assert_eq!(
            shown,
            r#"<p title="<img src='x'>">a<img src="parts/3" alt="cup"><img alt="logo" src="pictures/0"></p><img src="pictures/1">"#
        );
        let (left_out, _) = placed(html, None);
        assert!(left_out.contains(r#"<img alt="logo"></p><img>"#), "{left_out}");
    }

    #[test]
    fn what_nobody_could_see_is_left_out() {
        for hidden in [
            r#"width="1" height="1""#,
            r#"width="1px" height="0""#,
            r#"style="width: 1px; height:1px""#,
            r#"style="display:none" width="600" height="400""#,
            r#"style="visibility: hidden !important""#,
        ] {
            let html = format!(r#"a<img src="http://track.example/p" {hidden}>b"#);
            assert_eq!(placed(&html, Some("pictures/")), ("ab".to_owned(), Vec::new()), "{hidden}");
        }
        let line = r#"<img src="http://shop.example/line" width="600" height="1">"#;
        assert_eq!(placed(line, None).1.len(), 1, "a line can be seen");
    }

    #[test]
    fn there_is_an_end_to_it() {
        let many = r#"<img src="http://shop.example/a">"#.repeat(MOST + 1);
        let (shown, found) = placed(&many, Some("pictures/"));
        assert_eq!((found.len(), shown.matches("pictures/").count()), (MOST, MOST));
    }
}
