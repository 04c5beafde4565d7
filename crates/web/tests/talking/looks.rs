//! What comes with a mail is opened one by one, and a mail is seen as it looks, with nothing in it that runs or tells on us.

use axum::http::{StatusCode, header};
use cast::letters::{letter, written};

use crate::story;

/// The smallest picture there is.
const DOT: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

#[test]
fn a_mail_is_seen_as_it_looks_and_its_files_are_opened() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        let part = |head: &str, body: &str| format!("--edge\r\n{head}\r\n\r\n{body}\r\n");
        let html = "<h1 onclick=\"x()\">A broken cup</h1><script>alert(1)</script><style>*{}</style>\
            <p>Look: <img src=\"cid:cup@mua\"><img src=\"https://track.example/p.gif\"><img src=\"/sign-out\"></p>\
            <form action=\"/house\"><button>Go</button></form>\
            <a href=\"https://shop.example/\">out</a> <a href=\"/house/staff\">in</a> <a href=\"javascript:x()\">run</a>";
        let picture = "Content-Type: image/gif; name=cup.gif\r\nContent-ID: <cup@mua>\r\nContent-Transfer-Encoding: base64";
        let stray = "Content-Type: image/gif; name=lid.gif\r\nContent-ID: <lid@mua>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64";
        let trap = "Content-Type: image/png; name=trap.png\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: 7bit";
        let body = [
            part("Content-Type: text/html; charset=utf-8", html),
            part(picture, DOT),
            part(stray, DOT),
            part(
                "Content-Type: application/pdf; name=\"Bill of May.pdf\"\r\nContent-Disposition: attachment",
                "%PDF-1.4",
            ),
            part(trap, "<script>alert(2)</script>"),
            "--edge--\r\n".to_owned(),
        ];
        let kind = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=edge\r\n";
        post.send(&ann, &team.mailbox, &written(&ann, &team.mailbox, "The cup", kind, &body.concat())).await;
        let inbox = team.sees("/conversations", "A broken cup").await;
        let page = team.person(&inbox, "A broken cup").await;
        for name in ["lid.gif", "Bill of May.pdf", "trap.png"] {
            assert!(page.contains(name), "{name} is not listed: {page}");
        }
        assert!(!page.contains("cup.gif"), "what the mail shows is not listed besides");
        let base = page.split("<iframe src=\"").nth(1).unwrap().split("/looks\"").next().unwrap().to_owned();

        let (status, headers, looks) = team.asks(&format!("{base}/looks")).await;
        assert_eq!(status, StatusCode::OK);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("allow-scripts") && !policy.contains("script-src"), "{policy}");
        let looks = String::from_utf8(looks).unwrap();
        assert!(
            looks.contains("A broken cup") && looks.contains("href=\"https://shop.example/\""),
            "{looks}"
        );
        for evil in
            ["script>", "onclick", "track.example", "sign-out", "<form", "/house", "javascript", "*{}"]
        {
            assert!(!looks.contains(evil), "{evil} is still in {looks}");
        }
        let picture = looks.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
        let (_, headers, bytes) = team.asks(&format!("{base}/{picture}")).await;
        assert_eq!(
            (headers[header::CONTENT_TYPE].to_str().unwrap(), &bytes[..3]),
            ("image/gif", &b"GIF"[..])
        );

        // What only says that it is a picture is kept, not shown.
        let number = |name: &str| {
            let link = page.split(&format!("download=\"{name}\"")).next().unwrap();
            link.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned()
        };
        for (name, bytes) in [("trap.png", "<script>alert(2)</script>"), ("Bill of May.pdf", "%PDF-1.4")] {
            let (status, headers, found) = team.asks(&number(name)).await;
            assert_eq!((status, found.as_slice()), (StatusCode::OK, bytes.as_bytes()));
            assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
            assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        }
        assert_eq!(team.asks(&format!("{base}/parts/999")).await.0, StatusCode::NOT_FOUND);

        // Under somebody else's name there is nothing.
        let ben = post.address("ben", "customer.example");
        post.send(&ben, &team.mailbox, &letter(&ben, &team.mailbox, "Hello", "Are you there?\r\n")).await;
        let inbox = team.sees("/conversations", "Are you there?").await;
        let bens = team.address(&team.person(&inbox, "Are you there?").await);
        let moment = base.split("/moments/").nth(1).unwrap();
        for what in ["looks", "parts/2"] {
            let (status, ..) = team.asks(&format!("{bens}/moments/{moment}/{what}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{what}");
        }
    });
}
