//! Pictures of a mail that are elsewhere are fetched when somebody asks for them: by us, from places that everybody can reach, and nothing
//! but pictures.

use axum::http::{StatusCode, header};
use cast::letters::{letter, written};

use crate::{story, team::Team};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0";

/// Somebody's mail with this HTML; where its looks are, without the last part.
async fn brings(team: &Team, post: &cast::post::Post, html: &str) -> String {
    let ann = post.address("ann", "customer.example");
    let kind = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
    let words = "<p>Our new cups</p>";
    post.send(&ann, &team.mailbox, &written(&ann, &team.mailbox, "Cups", kind, &format!("{words}{html}")))
        .await;
    let inbox = team.sees("/conversations", "Our new cups").await;
    let page = team.person(&inbox, "Our new cups").await;
    page.split("<iframe src=\"").nth(1).unwrap().split("/looks\"").next().unwrap().to_owned()
}

#[test]
fn pictures_from_elsewhere_are_fetched_by_us_when_somebody_asks() {
    story(|team, post| async move {
        let there = format!("http://{}", team.elsewhere.address);
        team.elsewhere.has("/cup.gif?a=1&b=2", "text/html", GIF);
        team.elsewhere.has("/run.svg", "image/png", b"<svg onload='alert(1)'/>");
        team.elsewhere.has("/large.gif", "image/gif", &[GIF, &vec![0; 6 << 20]].concat());
        team.elsewhere.sends_on("/old.gif", "/cup.gif?a=1&b=2");
        team.elsewhere.sends_on("/round.gif", "/round.gif");
        let html = format!(
            "<img src=\"{there}/cup.gif?a=1&amp;b=2\" alt=\"A cup\"><img src=\"{there}/run.svg\"><img src=\"{there}/large.gif\">\
             <img src=\"{there}/old.gif\"><img src=\"{there}/round.gif\"><img src=\"{there}/spy.gif\" width=1 height=1>\
             <img src=\"{there}/spy2.gif\" style=\"width:1px;height:1px\">"
        );
        let base = brings(&team, &post, &html).await;

        let (_, headers, looks) = team.asks(&format!("{base}/looks")).await;
        let looks = String::from_utf8(looks).unwrap();
        let warning = "5 pictures are elsewhere; to fetch them tells the sender that this mail was read";
        assert!(looks.contains(warning) && looks.contains("alt=\"A cup\""), "{looks}");
        assert!(!looks.contains("<img src") && !looks.contains(&there), "{looks}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(team.elsewhere.heard().is_empty(), "nothing is fetched before somebody asks");

        let (_, headers, looks) = team.asks(&format!("{base}/looks?pictures=true")).await;
        let looks = String::from_utf8(looks).unwrap();
        assert!(looks.contains("src=\"pictures/0\"") && looks.contains("src=\"pictures/4\""), "{looks}");
        assert!(!looks.contains("pictures/5") && !looks.contains(&there), "{looks}");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], policy, "the frame is as closed as before");
        for (number, status) in [
            (0, StatusCode::OK),
            (1, StatusCode::NOT_FOUND),
            (2, StatusCode::NOT_FOUND),
            (3, StatusCode::OK),
            (4, StatusCode::NOT_FOUND),
            (5, StatusCode::NOT_FOUND),
        ] {
            let (found, headers, bytes) = team.asks(&format!("{base}/pictures/{number}")).await;
            assert_eq!(found, status, "picture {number}");
            if status == StatusCode::OK {
                assert_eq!(
                    (headers[header::CONTENT_TYPE].to_str().unwrap(), bytes.as_slice()),
                    ("image/gif", GIF)
                );
                assert_eq!(headers[header::CACHE_CONTROL], "private, max-age=3600");
            }
        }
        let heard = team.elsewhere.heard();
        assert_eq!(
            heard.iter().filter(|it| it.contains("/round.gif")).count(),
            4,
            "it is followed three times"
        );
        assert!(!heard.iter().any(|it| it.contains("spy")), "what nobody could see is not fetched");
        for told in ["cookie", "referer", "accept-language", "mozilla"] {
            assert!(!heard.concat().to_lowercase().contains(told), "{told} is told: {heard:?}");
        }
    });
}

#[test]
fn a_mail_leads_us_nowhere_that_nobody_outside_reaches() {
    story(|team, post| async move {
        let inside = cast::elsewhere::Elsewhere::open();
        inside.has("/secret.gif", "image/gif", GIF);
        let (there, within) =
            (format!("http://{}", team.elsewhere.address), format!("http://{}", inside.address));
        team.elsewhere.has("/cup.gif", "image/gif", GIF);
        team.elsewhere.sends_on("/in", &format!("{within}/secret.gif"));
        team.elsewhere.sends_on("/file", "file:///etc/passwd");
        let port = inside.address.port();
        let sources = [
            format!("{within}/secret.gif"),
            format!("http://localhost:{port}/secret.gif"),
            format!("http://[::ffff:127.0.0.1]:{port}/secret.gif"),
            format!("http://0x7f.1:{port}/secret.gif"),
            format!("{there}/in"),
            format!("{there}/file"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
        ];
        let html: String = sources.iter().map(|it| format!("<img src=\"{it}\">")).collect();
        let base = brings(&team, &post, &format!("{html}<img src=\"{there}/cup.gif\">")).await;
        for (number, source) in sources.iter().enumerate() {
            let (status, ..) = team.asks(&format!("{base}/pictures/{number}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{source}");
        }
        assert!(inside.heard().is_empty(), "{:?}", inside.heard());
        let (status, ..) = team.asks(&format!("{base}/pictures/{}", sources.len())).await;
        assert_eq!(status, StatusCode::OK, "what may be fetched is");
    });
}

#[test]
fn nobody_has_us_fetch_anything_but_what_is_in_that_mail() {
    story(|team, post| async move {
        let there = format!("http://{}", team.elsewhere.address);
        team.elsewhere.has("/cup.gif", "image/gif", GIF);
        team.elsewhere.has("/other.gif", "image/gif", GIF);
        let base = brings(&team, &post, &format!("<img src=\"{there}/cup.gif\">")).await;
        let other: String = format!("{there}/other.gif").bytes().map(|b| format!("%{b:02X}")).collect();
        for path in [
            format!("{base}/pictures/{other}"),
            format!("{base}/pictures/0/{other}"),
            format!("{base}/pictures/1"),
            format!("{base}/pictures/-1"),
            format!("{base}/pictures/18446744073709551616"),
        ] {
            assert_ne!(team.asks(&path).await.0, StatusCode::OK, "{path}");
        }
        let asked = format!("{base}/pictures/0?address={other}&url={other}&src={other}");
        assert_eq!(team.asks(&asked).await.0, StatusCode::OK);

        // Not under somebody else's name, and not for somebody who is not signed in.
        let ben = post.address("ben", "customer.example");
        post.send(&ben, &team.mailbox, &letter(&ben, &team.mailbox, "Hello", "Are you there?\r\n")).await;
        let inbox = team.sees("/conversations", "Are you there?").await;
        let bens = team.address(&team.person(&inbox, "Are you there?").await);
        let moment = base.split("/moments/").nth(1).unwrap();
        let (status, ..) = team.asks(&format!("{bens}/moments/{moment}/pictures/0")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_ne!(team.stranger(&format!("{base}/pictures/0")).await, StatusCode::OK);
        let heard = team.elsewhere.heard();
        assert!(heard.len() == 1 && heard[0].contains("/cup.gif"), "{heard:?}");
    });
}
