//! Answering by mail: `r`, a few words, Ctrl+Enter. The recipients are seen before it is sent, and nobody answers past what was
//! said meanwhile.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use channels::mail::{Answered, Mailbox as Address, Ours};
use conversations::{
    Answer as Said, ConversationError, drafts,
    outbox::{self, Letter},
    promises::{NewPromise, make},
    refusals::{How, NewRefusal, refuse},
    replies::Reply,
};
use delivery::mailboxes::{self, Mailbox};
use maud::{Markup, html};
use memory::{
    people::{self, Person},
    timeline::{self, From, Page},
};
use model::{
    Direction, HandleKind, MailboxId, Moment, MomentId, Original, PersonId, PromiseId, RefusalId, Time,
};
use permission::Word;
use serde::{Deserialize, Serialize};
use store::Read;

use super::{caring, conversation, enclosing::Enclosing, fate, looks::is_picture, noting};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::{
        goodwill,
        parts::{glimpse, names},
        promises, refusals, replies,
    },
    problem::{Answer, Problem},
    when,
};

/// A longer letter is a document, and goes along as a file.
const LONGEST: usize = 100_000;
/// Mails looked through for the one that is answered: behind these, one begins anew.
const LOOK_BACK: usize = 10;

/// What was written so far.
#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(default)]
pub(super) struct Given {
    key: String,
    seen: String,
    answers: String,
    mailbox: String,
    to: String,
    cc: String,
    subject: String,
    text: String,
    promise: String,
    promise_due: String,
    refused: String,
    refused_why: String,
}

impl Given {
    /// What was begun, on the form as it is now: whom it answers may have written once more since.
    fn go_on(self, fresh: Self) -> Self {
        if self.answers == fresh.answers {
            return Self { seen: fresh.seen, ..self };
        }
        let Self { text, promise, promise_due, refused, refused_why, .. } = self;
        Self { text, promise, promise_due, refused, refused_why, ..fresh }
    }

    /// The moment that the answer will be.
    fn moment(&self) -> MomentId {
        MomentId::derived(&[b"answer", self.key.as_bytes()])
    }

    /// What is declined in it.
    fn declined(&self, desk: &Desk, person: PersonId, moment: MomentId) -> Option<NewRefusal> {
        (!self.refused.trim().is_empty()).then(|| NewRefusal {
            person,
            id: RefusalId::derived(&[b"answer", self.key.as_bytes()]),
            how: How::Declined,
            said_in: Some(moment),
            what: self.refused.clone(),
            reason: self.refused_why.clone(),
            words: String::new(),
            by: desk.viewer.staff(),
        })
    }

    /// What is promised in it.
    fn promised(
        &self,
        desk: &Desk,
        person: PersonId,
        moment: MomentId,
    ) -> Result<Option<NewPromise>, Problem> {
        if self.promise.trim().is_empty() {
            return Ok(None);
        }
        let due_at = promises::by_day(&self.promise_due, desk)
            .ok_or_else(|| Problem::unfit("promise_due", "Please say by which day you keep your promise."))?;
        let by = desk.viewer.staff();
        let (id, what) = (PromiseId::derived(&[b"answer", self.key.as_bytes()]), self.promise.clone());
        Ok(Some(NewPromise { person, id, moment: Some(moment), what, due_at, keeper: by, by }))
    }
}

/// What an answer stands on.
struct Ground {
    mailboxes: Vec<Mailbox>,
    answered: Option<Moment>,
    seen: Option<MomentId>,
    ours: Vec<String>,
    /// What the gate would say of a letter that answers nothing.
    unasked: Option<Word>,
}

impl Ground {
    fn read(db: &mut Read<'_>, id: PersonId, now: Time) -> Result<Self, Problem> {
        let page = timeline::of_person(db, id, From::End, &["email".into()], LOOK_BACK)?;
        let is_mail = |it: &&Moment| {
            it.direction != Direction::Noted
                && it.data.get("automatic").is_none()
                && it.data["message_id"].is_string()
        };
        Ok(Self {
            mailboxes: mailboxes::all(db)?,
            answered: page.moments.iter().rev().find(is_mail).cloned(),
            seen: timeline::last_word(db, id)?,
            ours: mailboxes::addresses(db)?,
            unasked: unasked(db, id, now)?,
        })
    }

    fn ours(&self, desk: &Desk) -> Ours {
        let own = desk.settings.own_addresses.iter().chain(&desk.settings.own_domains).chain(&self.ours);
        Ours::new(own.map(String::as_str))
    }

    /// The mailbox they wrote to, else the first.
    fn mailbox(&self) -> Option<&Mailbox> {
        let answered = self.answered.as_ref().map(Answered::of).unwrap_or_default();
        let met = |it: &&Mailbox| {
            let all = answered.to.iter().chain(&answered.cc).chain(answered.from.as_slice());
            all.into_iter().any(|address| address.address.eq_ignore_ascii_case(&it.address))
        };
        self.mailboxes.iter().find(met).or(self.mailboxes.first())
    }

    /// A form that nobody has written in yet.
    fn given(&self, desk: &Desk, person: &Person, key: String) -> Given {
        let email = person.handles.iter().find(|it| it.handle.kind == HandleKind::Email);
        let to_them = email.map(|it| it.handle.value.clone()).unwrap_or_default();
        let answered = self.answered.as_ref().map(Answered::of);
        let all = answered.as_ref().map(|it| it.everybody(&self.ours(desk))).unwrap_or_default();
        let written =
            |list: &[Address]| list.iter().map(|it| it.address.as_str()).collect::<Vec<_>>().join(", ");
        Given {
            key,
            seen: self.seen.map(|id| id.to_string()).unwrap_or_default(),
            answers: self.answered.as_ref().map(|it| it.id.to_string()).unwrap_or_default(),
            mailbox: self.mailbox().map(|it| it.id.to_string()).unwrap_or_default(),
            to: if all.to.is_empty() { to_them } else { written(&all.to) },
            cc: written(&all.cc),
            subject: answered.map(|it| it.subject()).unwrap_or_default(),
            ..Given::default()
        }
    }
}

fn unasked(db: &mut Read<'_>, id: PersonId, now: Time) -> Result<Option<Word>, Problem> {
    let person = people::person(db, id)?;
    let email = person.handles.iter().find(|it| it.handle.kind == HandleKind::Email);
    Ok(email.map(|it| conversations::clearing::preview(db, id, &it.handle.value, now)).transpose()?)
}

/// What would keep a letter back that answers none of theirs.
fn doubt(desk: &Desk, word: &Word) -> Markup {
    let refused = word.refused().next().map(|(_, it)| it.words.clone());
    html! {
        @if let Some(why) = refused {
            p.doubt { "A mail that answers none of theirs would not be sent: " (why) "." }
        } @else if let Some((until, why)) = word.waits() {
            p.doubt { "A mail that answers none of theirs would wait until " (when::clock(until, &desk.zone)) ": " (why) "." }
        }
    }
}

/// The form on a person's page, if we can write to them at all; closed where they wait for a word `elsewhere`.
pub(super) async fn begun(
    state: &State,
    desk: &Desk,
    person: &Person,
    written: Option<(Given, String)>,
    elsewhere: bool,
) -> Result<Option<Markup>, Problem> {
    if !desk.can(Permission::WritePeople) {
        return Ok(None);
    }
    let id = person.id;
    let (me, now) = (desk.viewer.staff(), state.world().now());
    let (ground, draft, replies) = state
        .store()
        .read(move |db| {
            let draft = drafts::mine::<Given>(db, id, me)?;
            Ok::<_, Problem>((Ground::read(db, id, now)?, draft, conversations::replies::all(db)?))
        })
        .await?;
    let reachable = person.handles.iter().any(|it| it.handle.kind == HandleKind::Email);
    if !reachable {
        return Ok(None);
    }
    if ground.mailboxes.is_empty() {
        let hint = html! { p.hint.small.soft { "To write them a mail from here, " a href="/house/mailboxes" { "add a mailbox" } "." } };
        return Ok(desk.can(Permission::ManageSettings).then_some(hint));
    }
    let fresh = ground.given(desk, person, noting::key(state.world()));
    let begun = draft.as_ref().map(|(_, at)| *at).filter(|_| written.is_none());
    let (given, trouble) = match (written, draft) {
        (None, None) => (fresh, None),
        (None, Some((draft, _))) => (draft.go_on(fresh), None),
        // What was said meanwhile stands on this page: it has been seen now.
        (Some((given, trouble)), _) => (Given { seen: fresh.seen, ..given }, Some(trouble)),
    };
    let begun = html! {
        @if let Some(at) = begun {
            p.small.soft { "You began this " (when::ago(at, desk.now, &desk.zone)) ". " button.quiet form="throw-away" { "Throw it away" } }
        }
    };
    let open = person.waits_since.is_some() && !elsewhere || trouble.is_some() || !given.text.is_empty();
    Ok(Some(form(desk, person, &ground, &given, trouble.as_deref(), (&begun, &replies), open)))
}

fn form(
    desk: &Desk,
    person: &Person,
    ground: &Ground,
    given: &Given,
    trouble: Option<&str>,
    (begun, saved): (&Markup, &[Reply]),
    open: bool,
) -> Markup {
    html! {
        details.notes #answer data-key="r" open[open] {
            summary { @if ground.answered.is_some() { "Answer by mail " } @else { "Write a mail " } kbd { "r" } }
            form method="post" action={"/people/" (person.id) "/answers"} enctype="multipart/form-data" data-part data-then="next-waiting" {
                @if let Some(trouble) = trouble { p.said role="alert" { (trouble) } }
                (marks(given))
                (begun)
                @if ground.answered.as_ref().map(Answered::of).is_some_and(|it| it.answers_go_elsewhere()) {
                    p.doubt { "Answers to this mail go to another address than it was written from. Please make sure that is meant." }
                }
                @if let Some(word) = &ground.unasked { (doubt(desk, word)) }
                @if let Some(answered) = ground.answered.as_ref().filter(|it| it.direction == Direction::Heard) {
                    p.small.soft { "You answer: " (glimpse(answered.parted().0, 140)) }
                }
                @if ground.mailboxes.len() > 1 {
                    div.field {
                        label for="answer-mailbox" { "From" }
                        select #answer-mailbox name="mailbox" {
                            @for it in &ground.mailboxes {
                                option value=(it.id) selected[it.id.to_string() == given.mailbox] { (it.address) }
                            }
                        }
                    }
                } @else { input type="hidden" name="mailbox" value=(given.mailbox); }
                div.side-by-side {
                    div.field { label for="answer-to" { "To" } input #answer-to name="to" value=(given.to) required inputmode="email" autocomplete="off"; }
                    div.field { label for="answer-cc" { "Copy to" } input #answer-cc name="cc" value=(given.cc) inputmode="email" autocomplete="off"; }
                }
                div.field { label for="answer-subject" { "About" } input #answer-subject name="subject" value=(given.subject) maxlength="500"; }
                (replies::choice(person.id, saved))
                div.field {
                    label for="answer-text" { "What you say" }
                    textarea #answer-text.tall name="text" required maxlength=(LONGEST) data-spot="/promises/spotted" data-advice=(ADVICE) data-person=(person.id) data-draft={"/people/" (person.id) "/draft"} { (given.text) }
                }
                div.field { label for="answer-files" { "Files to go with it" } input #answer-files type="file" name="file" multiple; }
                (promises::fields(&given.promise, &given.promise_due))
                (refusals::fields(&given.refused, &given.refused_why))
                p.row { button { "Send" } span.small.soft { kbd { "Ctrl Enter" } " · signed " (desk.viewer.name()) } span.small.soft data-kept role="status" {} }
            }
            form #throw-away method="post" action={"/people/" (person.id) "/draft"} {}
        }
    }
}

/// What marks this form: its key, and the newest word its writer has seen.
fn marks(given: &Given) -> Markup {
    html! {
        input #answer-key type="hidden" name="key" value=(given.key);
        input #answer-seen type="hidden" name="seen" value=(given.seen);
        input #answer-answers type="hidden" name="answers" value=(given.answers);
    }
}

fn addresses(field: &str, text: &str, known: &[Address]) -> Result<Vec<Address>, Problem> {
    let wrong = |it: &str, why: &str| Problem::unfit(field, format!("\u{201c}{it}\u{201d} {why}."));
    let parts = text.split([',', ';']).map(str::trim).filter(|it| !it.is_empty());
    let one = |it: &str| {
        let bare = it.rsplit_once('<').map_or(it, |(_, rest)| rest.trim_end_matches('>')).trim();
        let handle = model::Handle::email(bare).map_err(|_| wrong(it, "is not a mail address"))?;
        let met = known.iter().find(|it| it.address.eq_ignore_ascii_case(&handle.value));
        Ok(met.cloned().unwrap_or(Address { name: None, address: handle.raw }))
    };
    parts.map(one).collect()
}

/// The words that stand above what is quoted, and what is quoted.
fn quoted(desk: &Desk, answered: &Moment) -> String {
    let from = Answered::of(answered).from;
    let who = from.map(|it| it.name.unwrap_or(it.address)).unwrap_or_default();
    let day = when::day(answered.at, &desk.zone).strftime("%-d %B %Y");
    let lines = answered.parted().0.trim_end().lines().map(|line| format!("> {line}\n"));
    format!("On {day}, {who} wrote:\n{}", lines.collect::<String>())
}

/// Who writes: their name, for whom, and their face.
type Writer<'a> = (&'a str, &'a str, Option<&'a Original>);

/// The face of who writes, if they gave us one.
async fn face(state: &State, desk: &Desk) -> Result<Option<Original>, Problem> {
    let Some(digest) = state.house().photo_of(desk.viewer.staff()).await? else { return Ok(None) };
    let (files, wanted) = (state.store().files().clone(), digest.clone());
    let bytes = tokio::task::spawn_blocking(move || files.get(&wanted)).await;
    let bytes = bytes.map_err(|error| store::StoreError::Panicked(error.to_string()))?;
    // A photo that is not where it should be keeps no answer back.
    let Ok(bytes) = bytes else { return Ok(None) };
    let kind = model::picture(&bytes).map(str::to_owned);
    let (name, size) = (desk.viewer.name().to_owned(), bytes.len() as u64);
    Ok(kind.map(|media_type| Original { digest, name, media_type, size }))
}

/// An answer with its looks: what is said, the pictures that go with it, who says it, what is answered. Mail programs know few styles,
/// and only where they stand.
fn looks(text: &str, files: &[Original], (name, house, face): Writer<'_>, quoted: &str) -> String {
    let lines = |text: &str| {
        let lines: Vec<String> = text.trim_end().lines().map(str::to_owned).collect();
        html! { @for (n, line) in lines.iter().enumerate() { @if n > 0 { br; } (line) } }
    };
    let quoted = quoted.lines().map(|line| line.strip_prefix("> ").unwrap_or(line)).collect::<Vec<_>>();
    let (said, quote) = quoted.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    html! {
        (maud::DOCTYPE)
        html { body {
            @for part in text.split("\n\n").filter(|it| !it.trim().is_empty()) { p { (lines(part)) } }
            @for file in files.iter().filter(|it| is_picture(&it.media_type)) {
                p { img src={"cid:" (file.digest)} alt=(file.name) style="max-width:100%"; }
            }
            table role="presentation" cellpadding="0" cellspacing="0" { tr {
                @if let Some(face) = face { td style="padding-right:12px" { img src={"cid:" (face.digest)} alt="" width="48" height="48" style="border-radius:24px;display:block"; } }
                td { b { (name) } br; (house) }
            } }
            @if !quote.is_empty() {
                p { (said) }
                blockquote style="margin:0 0 0 8px;padding-left:8px;border-left:2px solid #999" { (lines(&quote.join("\n"))) }
            }
        } }
    }
    .into_string()
}

async fn said(
    state: &State,
    desk: &Desk,
    id: PersonId,
    given: &Given,
    files: Vec<Original>,
) -> Result<Said, Problem> {
    let text = given.text.trim().replace("\r\n", "\n");
    if text.chars().count() > LONGEST {
        return Err(Problem::unfit("text", format!("This is longer than {LONGEST} characters.")));
    }
    let mailbox: MailboxId = given.mailbox.parse()?;
    let answers: Option<MomentId> =
        Some(given.answers.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?;
    let seen = Some(given.seen.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?;
    let (mailbox, answered) = state
        .store()
        .read(move |db| {
            let answered = answers.map(|id| timeline::moment_by_id(db, id)).transpose()?.flatten();
            let mailbox = mailboxes::all(db)?.into_iter().find(|it| it.id == mailbox);
            Ok::<_, Problem>((mailbox, answered))
        })
        .await?;
    let mailbox = mailbox.ok_or_else(|| Problem::missing("The mailbox"))?;
    let answered = answered.filter(|it| it.person == id);
    let thread = answered.as_ref().map(Answered::of);
    let known = thread.iter().flat_map(|it| {
        [it.from.clone().into_iter().collect(), it.to.clone(), it.cc.clone(), it.reply_to.clone()].concat()
    });
    let known: Vec<Address> = known.collect();
    let moment = given.moment();
    let marks = delivery::mailboxes::marks(state.store()).await?;
    let domain = mailbox.address.rsplit('@').next().unwrap_or_default();
    let house =
        if desk.settings.organisation.is_empty() { &mailbox.name } else { &desk.settings.organisation };
    let quoted = answered.as_ref().map(|it| quoted(desk, it)).unwrap_or_default();
    let face = face(state, desk).await?;
    // What is words alone goes as words alone.
    let has_looks = face.is_some() || files.iter().any(|it| is_picture(&it.media_type));
    let html = has_looks.then(|| looks(&text, &files, (desk.viewer.name(), house, face.as_ref()), &quoted));
    let letter = Letter {
        id: marks.message_id(moment.uuid(), domain),
        from: Some(Address {
            name: Some(format!("{}, {house}", desk.viewer.name())),
            address: mailbox.address.clone(),
        }),
        reply_to: mailbox.servers.plus.then(|| marks.reply_to(moment.uuid(), &mailbox.address)).flatten(),
        to: addresses("to", &given.to, &known)?,
        cc: addresses("cc", &given.cc, &known)?,
        subject: given.subject.trim().to_owned(),
        in_reply_to: thread.as_ref().map(|it| it.id.clone()).filter(|it| !it.is_empty()),
        references: thread.as_ref().map(Answered::thread).unwrap_or_default(),
        text,
        signature: format!("-- \n{}\n{house}", desk.viewer.name()),
        quoted,
        files,
        html,
        face,
        digest: None,
        chat: None,
    };
    let thread = answered.and_then(|it| it.thread);
    Ok(Said { person: id, id: moment, seen, mailbox: mailbox.id, letter, thread, by: desk.viewer.staff() })
}

/// Keeps what is being written; nothing written is nothing to keep.
pub(super) async fn draft(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let (world, me) = (state.world().clone(), desk.viewer.staff());
    state
        .store()
        .write(move |tx| {
            // What was sent a moment ago may come in once more as a draft.
            let sent = outbox::of_moment(tx, given.moment())?.is_some();
            match given.text.trim().is_empty() || sent {
                true => drafts::drop(tx, id, me),
                false => drafts::keep(tx, &world, id, me, &given),
            }
        })
        .await?;
    match desk.fragment {
        true => Ok(StatusCode::NO_CONTENT.into_response()),
        false => Ok(Redirect::to(&format!("/people/{id}")).into_response()),
    }
}

pub(super) async fn answer(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Enclosing { given, files }: Enclosing<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let said = said(&state, &desk, id, &given, files).await?;
    let (promise, refusal) = (given.promised(&desk, id, said.id)?, given.declined(&desk, id, said.id));
    let (world, viewer, moment) = (state.world().clone(), desk.viewer.clone(), said.id);
    let kept = state
        .store()
        .write(move |tx| {
            conversations::answer(tx, &world, &said)?;
            drafts::drop(tx, id, viewer.staff())?;
            if let Some(promise) = &promise {
                make(tx, &world, promise)?;
            }
            if let Some(refusal) = &refusal {
                refuse(tx, &world, refusal)?;
            }
            let act = Act::by(&viewer, "answer.sent", said.id);
            ::house::note(tx, &world, &act).map_err(memory::MemoryError::from)?;
            Ok(())
        })
        .await;
    match kept {
        Err(ConversationError::Stale) => return stale(&state, &desk, id, given).await,
        other => other?,
    }
    if !desk.fragment {
        return Ok(Redirect::to(&format!("/people/{id}#{moment}")).into_response());
    }
    let now = state.world().now();
    let (person, kept, fates, ground, promised) = state
        .store()
        .read(move |db| {
            let kept = timeline::moment_by_id(db, moment)?.ok_or_else(|| Problem::missing("This answer"))?;
            Ok::<_, Problem>((
                people::person(db, id)?,
                kept,
                fate::of_person(db, id)?,
                Ground::read(db, id, now)?,
                conversations::promises::of_person(db, id, super::PROMISES)?,
            ))
        })
        .await?;
    let fresh = ground.given(&desk, &person, noting::key(state.world()));
    let page = Page { moments: vec![kept], older: true, newer: false };
    let (names, staff) = (names(&state).await?, state.house().colleagues().await?);
    Ok(layout::part(html! {
        ol data-into="moments" data-op="prepend" { (conversation::moments(&desk, &page, &names, &fates)) }
        (marks(&fresh))
        (promises::fields("", ""))
        (refusals::fields("", ""))
        (promises::of_person(&desk, &promised, &names, &staff))
        (caring::bar(&desk, &person, &names, &staff, true))
    }))
}

/// Somebody spoke while this was written: nothing is sent, nothing of it is lost.
async fn stale(state: &State, desk: &Desk, id: PersonId, given: Given) -> Answer {
    let words = "Somebody spoke meanwhile, so this was not sent. Please read it above and send once more if it still fits.";
    let purse = goodwill::own_purse(desk)?;
    let (person, whole) = state
        .store()
        .read(move |db| {
            let person = people::person(db, id)?;
            Ok::<_, Problem>((person, super::read(db, id, From::End, &[], &purse)?))
        })
        .await?;
    if desk.fragment {
        let now = state.world().now();
        let ground = state.store().read(move |db| Ground::read(db, id, now)).await?;
        let seen = ground.seen.map(|it| it.to_string()).unwrap_or_default();
        let part = layout::part(html! { p { (words) } (marks(&Given { seen, ..given })) });
        return Ok((StatusCode::CONFLICT, part).into_response());
    }
    let form = begun(state, desk, &person, Some((given, words.to_owned())), false).await?;
    let (names, staff) = (names(state).await?, state.house().colleagues().await?);
    let asked = conversation::Asked::default();
    let main = super::shown(state, desk, &format!("/people/{id}"), &asked, &whole, (&names, &staff), form);
    Ok((StatusCode::CONFLICT, layout::page(desk, Here::People, &person.name, main)).into_response())
}
