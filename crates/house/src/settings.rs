//! What the organisation says of itself once, so that nothing else has to ask.

use model::Handle;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Read, params};

use crate::{Act, House, HouseError, Permission, Result, Viewer, audit, sql};

/// Own addresses and domains; a list longer than this is an address book.
const MOST_ADDRESSES: usize = 500;

/// What the organisation says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What it is called.
    pub organisation: String,
    /// Its own mail addresses: what comes from them was said by us.
    pub own_addresses: Vec<String>,
    /// Its own mail domains: every address there is ours.
    pub own_domains: Vec<String>,
    /// Where a telephone number without a country code is from; two letters, or empty to refuse such numbers.
    pub country: String,
    /// What amounts without a currency are in; three letters.
    pub currency: String,
    /// The time zone in which days begin here.
    pub zone: String,
    /// Where it is by post; some laws want it said in what advertises.
    pub postal_address: String,
    /// Where a line into the team's own chat is posted (an incoming webhook); empty if nowhere.
    pub team_chat: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            organisation: String::new(),
            own_addresses: Vec::new(),
            own_domains: Vec::new(),
            country: String::new(),
            currency: "EUR".to_owned(),
            zone: "UTC".to_owned(),
            postal_address: String::new(),
            team_chat: String::new(),
        }
    }
}

impl Settings {
    /// Brings the values into their normal form, or says which cannot be taken.
    fn checked(mut self) -> Result<Self> {
        self.organisation = self.organisation.trim().chars().take(200).collect();
        self.country = self.country.trim().to_ascii_uppercase();
        self.currency = self.currency.trim().to_ascii_uppercase();
        self.zone = self.zone.trim().to_owned();
        self.team_chat = self.team_chat.trim().to_owned();
        self.postal_address = self.postal_address.trim().replace("\r\n", "\n").chars().take(400).collect();
        let letters =
            |text: &str, most: usize| text.len() == most && text.bytes().all(|b| b.is_ascii_uppercase());
        if !self.country.is_empty() && !letters(&self.country, 2) {
            return Err(HouseError::invalid("country", "is not two letters like DE or US"));
        }
        if !letters(&self.currency, 3) {
            return Err(HouseError::invalid("currency", "is not three letters like EUR"));
        }
        if jiff::tz::TimeZone::get(&self.zone).is_err() {
            return Err(HouseError::invalid("zone", "is not a time zone like Europe/Berlin"));
        }
        self.own_addresses = addresses(&self.own_addresses)?;
        self.own_domains = domains(&self.own_domains)?;
        Ok(self)
    }

    /// Whether mail from this address was said by us.
    pub fn is_ours(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let domain = address.rsplit('@').next().unwrap_or_default();
        self.own_addresses.contains(&address) || self.own_domains.iter().any(|own| own == domain)
    }
}

fn addresses(lines: &[String]) -> Result<Vec<String>> {
    let wrong = |e: model::HandleError| HouseError::invalid("own_addresses", e.to_string());
    let found = filled(lines).map(|line| Handle::email(line).map(|h| h.value).map_err(wrong));
    few("own_addresses", found.collect::<Result<_>>()?)
}

fn domains(lines: &[String]) -> Result<Vec<String>> {
    let one = |line: &str| {
        let domain = line.trim_start_matches('@').to_lowercase();
        // A domain is right if an address there would be.
        Handle::email(&format!("anna@{domain}")).map(|_| domain).map_err(|_| {
            HouseError::invalid("own_domains", format!("“{line}” is not a domain like example.org"))
        })
    };
    few("own_domains", filled(lines).map(one).collect::<Result<_>>()?)
}

fn filled(lines: &[String]) -> impl Iterator<Item = &str> {
    lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty())
}

fn few(field: &'static str, mut found: Vec<String>) -> Result<Vec<String>> {
    found.sort();
    found.dedup();
    match found.len() {
        0..=MOST_ADDRESSES => Ok(found),
        _ => Err(HouseError::invalid(field, format!("has more than {MOST_ADDRESSES} lines"))),
    }
}

pub(crate) fn load(db: &mut Read<'_>) -> store::Result<Settings> {
    let rows = db.rows(sql::SETTINGS_ALL, &[], |row| Ok((row.get::<String>(0)?, row.json::<Value>(1)?)))?;
    let mut whole = json!(Settings::default());
    for (name, value) in rows {
        whole[name] = value;
    }
    // A value that a newer version wrote differently must not lock everybody out.
    Ok(serde_json::from_value(whole).unwrap_or_default())
}

impl House {
    /// The settings; those never changed are as they came.
    pub async fn settings(&self) -> Result<Settings> {
        Ok(self.store.read(load).await?)
    }

    /// Changes the settings; the log tells which, not to what.
    pub async fn change_settings(&self, viewer: &Viewer, new: Settings) -> Result<Settings> {
        viewer.may(Permission::ManageSettings)?;
        let new = new.checked()?;
        let (kept, viewer, world) = (new.clone(), viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                let (was, is) = (json!(load(tx)?), json!(kept));
                let mut changed = Vec::new();
                for (name, value) in is.as_object().into_iter().flatten() {
                    if was[name] != *value {
                        let text = value.to_string();
                        tx.run(sql::SETTING_KEEP, params![name, text, world.now(), viewer.staff()])?;
                        changed.push(name.clone());
                    }
                }
                if !changed.is_empty() {
                    let act = Act::by(&viewer, "settings.changed", "").with(json!({"settings": changed}));
                    audit::note(tx, &world, &act)?;
                }
                Ok::<_, HouseError>(())
            })
            .await?;
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_brought_into_one_form_and_wrong_ones_name_their_field() {
        let given = Settings {
            own_addresses: vec![" Hello@Roastery.EXAMPLE ".into(), String::new()],
            own_domains: vec!["@Roastery.example".into()],
            country: "de".into(),
            zone: "Europe/Berlin".into(),
            ..Settings::default()
        };
        let settings = given.clone().checked().unwrap();
        assert_eq!(settings.own_addresses, ["hello@roastery.example"]);
        assert!(settings.is_ours("Max@roastery.example") && !settings.is_ours("max@example.org"));
        let wrong = Settings { zone: "Mars/Olympus".into(), ..given.clone() }.checked();
        assert!(matches!(wrong, Err(HouseError::Invalid { field: "zone", .. })));
        let wrong = Settings { own_domains: vec!["not a domain".into()], ..given }.checked();
        assert!(matches!(wrong, Err(HouseError::Invalid { field: "own_domains", .. })));
    }
}
