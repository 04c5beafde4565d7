//! Everything of one person in one ZIP that they take along: what they gave us and what happened between us in open formats
//! (GDPR, article 20), apart from it what we made of that (article 15), and lines of which another Regard makes an equal person.

mod pack;
mod shapes;

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Seek, Write},
};

use channels::{lines, mail, table, vcard};
use memory::{
    looks,
    people::{self, Person},
    timeline::{self, From, Place},
};
use model::{AccountId, Kind, Moment, PersonId, Purchase, Time, file_digest};
use serde::Serialize;
use store::{Files, Read, Store};

use self::pack::{Listed, Pack, Part, json, line};
use crate::{DeliveryError, exporting};

/// The form of the whole; another form is another name.
const FORMAT: &str = "regard take-along 1";
/// Moments held at once.
const MOMENTS: usize = 200;
/// Digests asked for at once.
const DIGESTS: i64 = 500;
/// Files in one ZIP: each has a line in the manifest and an entry in the ZIP's own list, which are held until the end.
const MOST_FILES: usize = 100_000;

const README: &str = include_str!("README.txt");
const SCHEMAS: &[(&str, &str)] = &[
    ("schema/person.schema.json", include_str!("../../../../docs/schema/person.schema.json")),
    ("schema/inferred.schema.json", include_str!("../../../../docs/schema/inferred.schema.json")),
    ("schema/manifest.schema.json", include_str!("../../../../docs/schema/manifest.schema.json")),
];
const JSON_LINES: &str = "application/x-ndjson";

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// Whose it is: the id that they go by now.
    pub person: PersonId,
    /// Files in the ZIP, the manifest among them.
    pub files: usize,
    /// Digests of files that are named and were not found.
    pub not_here: Vec<String>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    person: PersonId,
    made_at: Time,
    program: String,
    files: &'a [Listed],
    not_here: &'a [String],
}

/// Writes the ZIP of one person, from one view of the data; gives back what it was written to. It goes out file by file and page by
/// page, so no more is held than a page of moments, or one mail.
pub async fn take_along<W: Write + Seek + Send + 'static>(
    store: &Store,
    who: PersonId,
    out: W,
) -> Result<(W, Packed), DeliveryError> {
    let (files, now) = (store.files().clone(), store.world().now());
    store.read(move |db| write(db, &files, who, now, out)).await
}

/// The same into a file that has no name: nobody else can open it, and it is gone when it is closed, whatever happens.
pub async fn to_unnamed_file(store: &Store, who: PersonId) -> Result<(File, Packed), DeliveryError> {
    let name = format!("taken-along.{:032x}", u128::from_be_bytes(store.world().random()));
    let path = store.location().folder().join(name);
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    let (mut file, packed) = take_along(store, who, file).await?;
    file.rewind()?;
    Ok((file, packed))
}

/// Where a file lies within the ZIP: as in any folder of originals, so that an import finds it.
fn place(digest: &str) -> String {
    format!("files/{}/{digest}", digest.get(..1).unwrap_or_default())
}

fn write<W: Write + Seek>(
    db: &mut Read<'_>,
    files: &Files,
    who: PersonId,
    now: Time,
    out: W,
) -> Result<(W, Packed), DeliveryError> {
    let person = people::person(db, who)?;
    let mut pack = Pack::new(out, now);
    let text = |out: &mut dyn Write, text: &str| -> Result<(), DeliveryError> {
        Ok(out.write_all(text.as_bytes())?)
    };
    pack.file("README.txt", Part::Help, "text/plain", |out| text(out, README))?;
    pack.file("person.json", Part::Given, "application/json", |out| json(out, &shapes::Told::of(&person)))?;
    pack.file("person.vcf", Part::Given, "text/vcard", |out| card(out, files, &person))?;
    let mut known = Accounts::default();
    pack.file("events.ndjson", Part::Given, JSON_LINES, |out| {
        each_moment(db, &person, &[], |db, it| match shapes::is_between(&it) {
            true => line(out, &shapes::moment(&it, known.of(db, &it)?)),
            false => Ok(()),
        })
    })?;
    pack.file("mail.mbox", Part::Given, "application/mbox", |out| {
        each_moment(db, &person, &[Kind::Email.to_string()], |_, it| mails(out, files, &it))
    })?;
    pack.file("purchases.csv", Part::Given, "text/csv", |out| purchases(db, &person, out))?;
    let not_here = originals(db, files, &person, &mut pack)?;
    let inferred = shapes::inferred(db, &person)?;
    pack.file("inferred.json", Part::Ours, "application/json", |out| json(out, &inferred))?;
    pack.file("noted.ndjson", Part::Ours, JSON_LINES, |out| {
        each_moment(db, &person, &[], |db, it| match shapes::is_between(&it) {
            true => Ok(()),
            false => line(out, &shapes::moment(&it, known.of(db, &it)?)),
        })
    })?;
    pack.file("looks.ndjson", Part::Ours, JSON_LINES, |out| {
        looks::each_of_person(db, person.id, |it| line(out, &it))
    })?;
    pack.file("memory.jsonl", Part::Move, JSON_LINES, |mut out| {
        memory::each_fragment(db, person.id, |it| Ok::<_, DeliveryError>(lines::write(&mut out, &it)?))
    })?;
    for (name, schema) in SCHEMAS {
        pack.file(name, Part::Help, "application/schema+json", |out| text(out, schema))?;
    }
    let listed = std::mem::take(&mut pack.listed);
    let manifest = Manifest {
        format: FORMAT,
        person: person.id,
        made_at: now,
        program: format!("regard {}", env!("CARGO_PKG_VERSION")),
        files: &listed,
        not_here: &not_here,
    };
    let out = pack.finish("manifest.json", &manifest)?;
    Ok((out, Packed { person: person.id, files: listed.len() + 1, not_here }))
}

/// Every moment of a life, the oldest first, a page at a time.
fn each_moment(
    db: &mut Read<'_>,
    person: &Person,
    kinds: &[String],
    mut each: impl FnMut(&mut Read<'_>, Moment) -> Result<(), DeliveryError>,
) -> Result<(), DeliveryError> {
    let mut from = From::Since(Time::from_micros(i64::MIN));
    loop {
        let page = timeline::of_person(db, person.id, from, kinds, MOMENTS)?;
        let last = page.moments.last().map(|it| Place { at: it.at, id: it.id });
        for moment in page.moments {
            each(db, moment)?;
        }
        match last.filter(|_| page.newer) {
            Some(place) => from = From::After(place),
            None => return Ok(()),
        }
    }
}

/// What the accounts are called for which something happened.
#[derive(Default)]
struct Accounts {
    names: HashMap<AccountId, String>,
}

impl Accounts {
    fn of(
        &mut self,
        db: &mut Read<'_>,
        moment: &Moment,
    ) -> Result<&HashMap<AccountId, String>, DeliveryError> {
        if let Some(id) = moment.account.filter(|id| !self.names.contains_key(id)) {
            self.names.insert(id, memory::accounts::get(db, id)?.name);
        }
        Ok(&self.names)
    }
}

fn card(mut out: &mut dyn Write, files: &Files, person: &Person) -> Result<(), DeliveryError> {
    let card = exporting::card(person);
    let photo = card.fields.get("photo").and_then(|value| file_digest(value)).filter(|it| files.has(it));
    let photo = photo.map(|digest| files.get(digest)).transpose()?;
    Ok(vcard::write(&mut out, &card, photo.as_deref())?)
}

/// The mails of a moment, as they came.
fn mails(mut out: &mut dyn Write, files: &Files, moment: &Moment) -> Result<(), DeliveryError> {
    for original in moment.originals.iter().filter(|it| it.media_type == "message/rfc822") {
        if files.has(&original.digest) {
            let sender = moment.data["from"]["address"].as_str().unwrap_or_default();
            mail::write_mbox(&mut out, &files.get(&original.digest)?, sender, moment.at)?;
        }
    }
    Ok(())
}

/// A row for each thing that was bought or given back; one for the whole where single things are not known.
fn purchases(db: &mut Read<'_>, person: &Person, mut out: &mut dyn Write) -> Result<(), DeliveryError> {
    let head = ["at", "kind", "order", "what", "quantity", "amount", "currency"];
    table::write_row(&mut out, head)?;
    let kinds = [Kind::Purchase, Kind::Refund].map(|it| it.to_string());
    each_moment(db, person, &kinds, |_, it| {
        let bought: Option<Purchase> = serde_json::from_value(it.data.clone()).ok();
        let (at, kind) = (it.at.to_string(), it.kind.to_string());
        let order = bought.as_ref().and_then(|it| it.order.clone()).unwrap_or_default();
        let mut row = |what: &str, quantity: String, money: Option<&model::Money>| {
            let (amount, currency) = money.map_or(Default::default(), parted);
            // Amounts may begin with a minus; what others wrote may begin with a formula.
            let (order, what) = (table::neutral(&order), table::neutral(what));
            table::write_row(&mut out, [at.as_str(), &kind, &order, &what, &quantity, &amount, &currency])
        };
        match bought {
            Some(it) if !it.items.is_empty() => {
                for item in &it.items {
                    row(&item.name, item.quantity.to_string(), item.total.as_ref())?;
                }
            }
            whole => row(&it.title, String::new(), whole.as_ref().map(|it| &it.total))?,
        }
        Ok(())
    })
}

/// An amount as `12.50` and its currency.
fn parted(money: &model::Money) -> (String, String) {
    let text = money.to_string();
    let amount = text.replace(&money.currency, "").trim().to_owned();
    (amount, money.currency.clone())
}

/// The files that came with them; gives the digests of those that are named and not here.
fn originals<W: Write + Seek>(
    db: &mut Read<'_>,
    files: &Files,
    person: &Person,
    pack: &mut Pack<W>,
) -> Result<Vec<String>, DeliveryError> {
    let (mut after, mut not_here) = (String::new(), Vec::new());
    loop {
        let page = memory::files_of(db, person.id, &after, DIGESTS)?;
        let Some(last) = page.last().cloned() else { return Ok(not_here) };
        for digest in page {
            if pack.listed.len() + not_here.len() >= MOST_FILES {
                return Err(DeliveryError::Wish(format!(
                    "{} has more than {MOST_FILES} files; a folder holds them: regard export FOLDER --person {}",
                    person.name, person.id
                )));
            }
            if !files.has(&digest) {
                not_here.push(digest);
                continue;
            }
            pack.file(&place(&digest), Part::Given, "application/octet-stream", |mut out| {
                io::copy(&mut files.reader(&digest)?, &mut out)?;
                Ok(())
            })?;
        }
        after = last;
    }
}
