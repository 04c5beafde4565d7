//! Taking everything along: open formats that other programs read, and that are taken in again as an equal memory.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use channels::{mail, table, vcard};
use memory::{
    looks::{self, Looker, What},
    people::{self, Cursor, Filter, Person},
};
use model::{Fragment, Kind, PersonId, file_digest};
use serde::Serialize;
use store::{Files, Store};

use crate::DeliveryError;

/// People written between two words about progress.
const PAGE: i64 = 100;

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// People.
    pub people: u64,
    /// Moments.
    pub moments: u64,
    /// Originals.
    pub files: u64,
}

/// The four files of an export, and what they are for.
const README: &str = "memory.jsonl  everything, one source fragment a line; `regard import memory.jsonl` makes an equal memory of it
people.vcf    address cards, for address books
people.csv    a table of people, for spreadsheets
mail.mbox     the mails as they came, for mail programs
files/        originals by their digest, which memory.jsonl names
";

/// Writes one person, or everybody, into an empty folder.
pub async fn export(
    store: &Store,
    who: Option<PersonId>,
    folder: &Path,
    mut tell: impl FnMut(u64),
) -> Result<Written, DeliveryError> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(DeliveryError::Wish(format!(
            "{} is not empty; an export must not mix with another",
            folder.display()
        )));
    }
    fs::write(folder.join("README.txt"), README)?;
    let mut desk = Desk::open(folder)?;
    let mut after: Option<Cursor> = None;
    loop {
        let page = store
            .read(move |db| {
                let ids: Vec<(PersonId, Option<Cursor>)> = match who {
                    Some(id) => vec![(memory::current(db, id)?, None)],
                    None => {
                        let filter = Filter { after, ..Filter::default() };
                        people::list(db, &filter, PAGE)?.into_iter().map(|l| (l.id, Some(l.cursor))).collect()
                    }
                };
                ids.into_iter()
                    .map(|(id, cursor)| Ok((people::person(db, id)?, memory::fragments_of(db, id)?, cursor)))
                    .collect::<Result<Vec<_>, memory::MemoryError>>()
            })
            .await?;
        let ids: Vec<PersonId> = page.iter().map(|(person, ..)| person.id).collect();
        let world = store.world().clone();
        store.write(move |tx| looks::note_all(tx, &world, &ids, &Looker::program(), What::Export)).await?;
        for (person, fragments, _) in &page {
            desk.write(store.files(), person, fragments)?;
        }
        tell(desk.written.people);
        after = page.last().and_then(|(.., cursor)| *cursor);
        if after.is_none() {
            return desk.close();
        }
    }
}

/// The files being written.
struct Desk {
    lines: BufWriter<File>,
    cards: BufWriter<File>,
    table: BufWriter<File>,
    mails: BufWriter<File>,
    files: Option<Files>,
    written: Written,
}

impl Desk {
    fn open(folder: &Path) -> Result<Self, DeliveryError> {
        let file = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
        let mut table = file("people.csv")?;
        table::write_row(
            &mut table,
            ["id", "name", "email", "phone", "company", "role", "last met", "moments"],
        )?;
        let files = Files::open(&folder.join("files"))?;
        let (lines, cards, mails) = (file("memory.jsonl")?, file("people.vcf")?, file("mail.mbox")?);
        Ok(Self { lines, cards, table, mails, files: Some(files), written: Written::default() })
    }

    fn write(
        &mut self,
        originals: &Files,
        person: &Person,
        fragments: &[Fragment],
    ) -> Result<(), DeliveryError> {
        self.written.people += 1;
        for fragment in fragments {
            serde_json::to_writer(&mut self.lines, fragment).map_err(std::io::Error::from)?;
            self.lines.write_all(b"\n")?;
            self.written.moments += fragment.moments.len() as u64;
            self.originals(originals, fragment)?;
        }
        let card = card(person);
        let photo = card.fields.get("photo").and_then(|value| file_digest(value));
        let photo =
            photo.filter(|digest| originals.has(digest)).map(|digest| originals.get(digest)).transpose()?;
        vcard::write(&mut self.cards, &card, photo.as_deref())?;
        let handle = |kind: &str| {
            let found = person.handles.iter().find(|c| c.handle.kind.as_str() == kind);
            found.map_or(String::new(), |c| c.handle.value.clone())
        };
        let role = person.roles.first();
        let row = [
            person.id.to_string(),
            person.name.clone(),
            handle("email"),
            handle("phone"),
            role.map_or(String::new(), |r| r.account_name.clone()),
            role.map_or(String::new(), |r| r.role.clone()),
            person.last_at.map_or(String::new(), |at| at.to_string()),
            person.moments.to_string(),
        ];
        let safe: Vec<_> = row.iter().map(|cell| table::neutral(cell)).collect();
        table::write_row(&mut self.table, safe.iter().map(AsRef::as_ref))?;
        Ok(())
    }

    fn originals(&mut self, from: &Files, fragment: &Fragment) -> Result<(), DeliveryError> {
        for moment in &fragment.moments {
            for original in &moment.originals {
                let bytes = from.get(&original.digest)?;
                if moment.kind == Kind::Email && original.media_type == "message/rfc822" {
                    let sender = moment.data["from"]["address"].as_str().unwrap_or_default();
                    mail::write_mbox(&mut self.mails, &bytes, sender, moment.at)?;
                }
                self.keep(&bytes)?;
            }
        }
        // A field may name a file that was never here.
        for digest in fragment.field_files().filter(|digest| from.has(digest)) {
            self.keep(&from.get(digest)?)?;
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), DeliveryError> {
        if let Some(files) = &self.files {
            files.put(bytes)?;
        }
        self.written.files += 1;
        Ok(())
    }

    fn close(mut self) -> Result<Written, DeliveryError> {
        for out in [&mut self.lines, &mut self.cards, &mut self.table, &mut self.mails] {
            out.flush()?;
            out.get_ref().sync_all()?;
        }
        Ok(self.written)
    }
}

/// Somebody as one card: what counts of each field, with every handle and role.
pub(crate) fn card(person: &Person) -> Fragment {
    Fragment {
        source: "regard".into(),
        key: person.id.to_string(),
        seen_at: person.created_at,
        fields: person.known.iter().map(|(field, known)| (field.clone(), known.value.clone())).collect(),
        handles: person.handles.iter().map(|claim| claim.handle.clone()).collect(),
        roles: person
            .roles
            .iter()
            .map(|role| model::RoleClaim {
                account: role.account_name.clone(),
                account_kind: role.account_kind.clone(),
                role: role.role.clone(),
                since: role.since,
                until: role.until,
            })
            .collect(),
        moments: Vec::new(),
    }
}
