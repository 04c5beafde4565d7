//! The house: who works here, one's own doors and keys, settings, the log, work in progress.

mod domains;
mod fields;
mod jobs;
mod keeping;
mod log;
mod mailboxes;
mod me;
mod messengers;
mod photo;
mod policy;
mod settings;
mod signing;
mod sites;
mod staff;
mod trying;
mod voice;

use axum::{
    Router,
    routing::{get, post},
};
use maud::{Markup, html};

use ::house::Permission;

use crate::{State, gate::Desk};

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/house", get(staff::show))
        .route("/house/staff/invite", post(staff::invite))
        .route("/house/staff/{id}/role", post(staff::change_role))
        .route("/house/staff/{id}/way-back", post(staff::way_back))
        .route("/house/staff/{id}/leave", post(staff::let_go))
        .route("/house/me", get(me::show))
        .route("/house/me/name", post(me::rename))
        .route("/house/me/photo", post(photo::keep))
        .route("/house/me/photo/remove", post(photo::remove))
        .route("/staff/{id}/photo", get(photo::show))
        .route("/house/me/password", post(me::change_password))
        .route("/house/me/sessions/end", post(me::end_everywhere))
        .route("/house/me/sessions/{id}/end", post(me::end_session))
        .route("/house/me/keys", post(me::make_key))
        .route("/house/me/keys/{id}/revoke", post(me::revoke_key))
        .route("/house/me/passkeys/begin", post(me::begin_passkey))
        .route("/house/me/passkeys/finish", post(me::finish_passkey))
        .route("/house/me/passkeys/{id}/remove", post(me::remove_passkey))
        .route("/house/welcome", get(settings::welcome))
        .route("/house/settings", get(settings::show).post(settings::change))
        .route("/house/mailboxes", get(mailboxes::show).post(mailboxes::add))
        .route("/house/mailboxes/signed-in", get(mailboxes::signed_in))
        .route("/house/mailboxes/domains", post(domains::look))
        .route("/house/mailboxes/signing", post(signing::make))
        .route("/house/mailboxes/signing/{domain}/begin", post(signing::begin))
        .route("/house/mailboxes/signing/{domain}/stop", post(signing::stop))
        .route("/house/mailboxes/{id}/sign-in", post(mailboxes::sign_in))
        .route("/house/mailboxes/{id}/remove", post(mailboxes::remove))
        .route("/house/mailboxes/{id}/again", post(mailboxes::again))
        .route("/house/mailboxes/{id}/trial", post(trying::begin))
        .route("/house/mailboxes/{id}/originals/{digest}", get(mailboxes::original))
        .route("/house/chat", get(sites::show).post(sites::keep))
        .route("/house/chat/{id}/key", post(sites::key))
        .route("/house/chat/{id}/turn", post(sites::turn))
        .route("/house/chat/{id}/remove", post(sites::remove))
        .route("/house/messengers", get(messengers::show).post(messengers::keep))
        .route("/house/messengers/{id}/secret", post(messengers::secret))
        .route("/house/messengers/{id}/remove", post(messengers::remove))
        .route("/house/messengers/{id}/originals/{digest}", get(messengers::original))
        .route("/house/fields", get(fields::show).post(fields::define))
        .route("/house/fields/{name}/drop", post(fields::drop_field))
        .route("/house/keeping", get(keeping::show).post(keeping::change))
        .route("/house/policy", get(policy::show).post(policy::change))
        .route("/house/voice", get(voice::show).post(voice::keep))
        .route("/house/log", get(log::show))
        .route("/house/jobs", get(jobs::show))
        .route("/house/jobs/{id}/again", post(jobs::again))
}

/// The heading of every page of the house, with the way to the others.
fn head(desk: &Desk, here: &str) -> Markup {
    let rooms: [(&str, &str, Option<Permission>); 13] = [
        ("/house", "Who works here", Some(Permission::ReadStaff)),
        ("/house/me", "You", None),
        ("/house/settings", "Settings", Some(Permission::ManageSettings)),
        ("/house/mailboxes", "Mailboxes", Some(Permission::ManageSettings)),
        ("/house/chat", "Web chat", Some(Permission::ManageSettings)),
        ("/house/messengers", "Messengers", Some(Permission::ManageSettings)),
        ("/house/fields", "Fields", Some(Permission::ManageSettings)),
        ("/house/policy", "What may be said to whom", Some(Permission::ManageSettings)),
        ("/house/voice", "Our own words", Some(Permission::ManageSettings)),
        ("/house/keeping", "How long we keep things", Some(Permission::ManageSettings)),
        ("/house/log", "Log", Some(Permission::ReadAudit)),
        ("/house/jobs", "Work in progress", Some(Permission::ManageJobs)),
        // On a phone the bar of places has no room for what is done at a larger desk.
        ("/import", "Import", Some(Permission::Import)),
    ];
    html! {
        h1 { @if desk.settings.organisation.is_empty() { "The house" } @else { (desk.settings.organisation) } }
        nav.sub aria-label="The house" {
            @for (href, label, needed) in rooms {
                @if needed.is_none_or(|needed| desk.can(needed)) {
                    a.on-phones[href == "/import"] href=(href) aria-current=[(href == here).then_some("page")] { (label) }
                }
            }
        }
    }
}
