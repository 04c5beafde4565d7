//! Mail in a real browser: what receivers are told of our domain, a test mail, and a mail with its pictures once somebody asks for them.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use delivery::{domains, mailboxes, signing, trying};
use model::World;
use store::trial::both_engines;

use crate::{ROOMS, inbox::lantern_row, morning::Morning};

/// The smallest picture there is.
const DOT: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

#[test]
fn a_mailbox_says_what_others_are_told_and_a_mail_shows_its_pictures_when_asked() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mailbox = store.read(mailboxes::all).await.unwrap().remove(0);
        let domain = mailbox.address.rsplit('@').next().unwrap().to_owned();
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;

        let (store, names) = (morning.store.clone(), morning.names.clone());
        signing::make(&store, &domain).await.unwrap();
        let key = store.read(signing::keys).await.unwrap().remove(0);
        names.tells(&domain, &["v=spf1 mx -all", "v=spf1 include:_spf.shop.example ~all"]);
        names.tells(&key.name(), &["v=DKIM1; k=rsa; p=MIIBIjANBgkqh"]);
        names.tells(&format!("_dmarc.{domain}"), &["v=DMARC1; p=none"]);
        names.takes_mail(&domain, &format!("mx1.{domain}."));
        let (world, id) = (store.world().clone(), mailbox.id);
        store.write(move |tx| trying::begin(tx, &world, id)).await.unwrap();
        morning.go("/house/mailboxes").await;
        morning.reads("The test mail did not leave").await;
        morning.click("#domains summary").await;
        morning.click("form[action='/house/mailboxes/domains'] button").await;
        morning.reads("There are 2 records").await;
        morning.look("mailboxes").await;
        morning.go("/house/mailboxes").await;
        morning.picture("mailboxes").await;
        names.tells(&key.name(), &[&key.record]);
        domains::look(&store, Some(names.address)).await.unwrap();
        morning.reads("it is our key").await;

        let cup = BASE64_STANDARD.decode(DOT).unwrap();
        morning.elsewhere.has("/cup.gif", "image/gif", &cup);
        let mail = format!(
            "From: Zora Quill <zora@quill.example>\r\nTo: {}\r\nSubject: Cups\r\nMessage-ID: <1@quill.example>\r\n\
             Date: Sun, 01 Mar 2026 09:30:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
             <h2>Our new cups</h2><p>Thrown by hand, each of them.</p>\
             <img src=\"http://{}/cup.gif\" alt=\"A blue cup\" width=\"240\" height=\"160\"><p>Yours, Zora</p>\r\n",
            mailbox.address, morning.elsewhere.address
        );
        mailboxes::bring(&store, &[mailbox.id], vec![mail.into_bytes()]).await.unwrap();
        mailboxes::sort(&store, mailbox.id).await.unwrap();
        let zora = store.read(|db| memory::finding::find(db, "zora quill", 1)).await.unwrap().remove(0).id;
        morning.go(&format!("/people/{zora}")).await;
        morning.click("details.looks summary").await;
        let frame = "document.querySelector('details.looks iframe').contentDocument";
        morning
            .until(&format!("return {frame}?.body?.innerText.includes('1 picture is elsewhere') ?? false"))
            .await;
        morning.picture("mail-before").await;
        assert!(morning.elsewhere.heard().is_empty());
        morning.asks(&format!("{frame}.querySelector('.elsewhere a').click()")).await;
        morning.until(&format!("return {frame}?.querySelector('img[src]')?.naturalWidth === 1")).await;
        morning.look("a mail with pictures").await;
        morning.picture("mail-with-pictures").await;
        assert!(
            !morning.elsewhere.heard().concat().to_lowercase().contains("mozilla"),
            "the browser asked nobody"
        );
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}
