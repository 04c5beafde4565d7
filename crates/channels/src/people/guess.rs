//! Guessing what columns mean, from their names in four languages and from their values.

use model::{Handle, fold_words};

use super::meaning::{CUSTOMER, Mapping, Meaning};
use crate::table::Sheet;

/// What a table is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One person a row.
    People,
    /// One purchase, or one line of it, a row.
    Orders,
}

/// Of a hundred values, those that must look like an address for a column to be one.
const MOST: usize = 80;

/// Names of columns as exports write them, case and marks folded: English, German, French, Spanish.
const WORDS: &[(&str, &str)] = &[
    (
        "email",
        "email|e mail|mail|email address|e mail address|mail address|primary email|work email|home email|customer email|billing email|email 1 value|e mail 1 value|e mail adresse|emailadresse|mailadresse|e mail 1|courriel|adresse email|adresse e mail|adresse mail|correo|correo electronico|direccion de correo",
    ),
    (
        "phone",
        "phone|telephone|tel|phone number|mobile|mobile phone|cell|cell phone|work phone|home phone|business phone|phone 1 value|telefon|telefonnummer|handy|handynummer|mobil|mobilnummer|rufnummer|portable|telephone mobile|numero de telephone|telefono|movil|celular|numero de telefono",
    ),
    (
        "name",
        "name|full name|fullname|display name|contact|contact name|customer|customer name|client|client name|file as|kunde|kundenname|vollstandiger name|anzeigename|nom complet|nombre completo|cliente",
    ),
    ("given_name", "first name|firstname|given name|forename|vorname|prenom|nombre|fname"),
    (
        "family_name",
        "last name|lastname|surname|family name|nachname|familienname|nom|nom de famille|apellido|apellidos|lname",
    ),
    (
        "company",
        "company|company name|organization|organisation|organization name|organization 1 name|account|account name|employer|firma|firmenname|unternehmen|arbeitgeber|societe|entreprise|empresa|compania",
    ),
    ("role", "role|rolle|rol"),
    (
        "field:job_title",
        "title|job title|job|position|organization title|organization 1 title|stelle|funktion|berufsbezeichnung|poste|fonction|titre|cargo|puesto",
    ),
    (
        "note",
        "note|notes|comment|comments|remark|remarks|notiz|notizen|bemerkung|bemerkungen|anmerkung|anmerkungen|kommentar|remarque|remarques|commentaire|nota|notas|comentario|observaciones",
    ),
    (
        "tags",
        "tags|labels|categories|groups|group membership|schlagworte|kategorien|gruppen|etiquettes|etiquetas",
    ),
    ("photo", "photo|picture|avatar|image|foto|bild|imagen"),
    ("story", "story|about|bio|biography|geschichte|uber|histoire|historia"),
    (
        "field:birthday",
        "birthday|birth date|birthdate|date of birth|dob|bday|geburtstag|geburtsdatum|date de naissance|anniversaire|fecha de nacimiento|cumpleanos",
    ),
    ("field:language", "language|locale|sprache|langue|idioma"),
    ("field:website", "website|web|web page|url|homepage|webseite|internet|site web|sitio web|pagina web"),
    ("field:address", "address|street address|mailing address|adresse|anschrift|direccion"),
    (
        "seen_at",
        "created at|created|created time|create date|date added|added on|signed up at|sign up date|angelegt am|erstellt am|cree le|fecha de alta",
    ),
    (
        "external:customer",
        "customer id|customer number|customer no|customer nr|client id|client number|kundennummer|kunden nr|kundennr|kunden id|numero client|numero de client|id client|numero de cliente|id cliente",
    ),
    ("external:", "id|contact id|user id|record id|person id|member id|uid|nr|nummer|numero"),
];

/// Names of columns that only tables of orders have, or that mean something else there.
const ORDER_WORDS: &[(&str, &str)] = &[
    (
        "date",
        "date|order date|purchase date|transaction date|created at|paid at|invoice date|day|datum|bestelldatum|kaufdatum|rechnungsdatum|date de commande|date d achat|fecha|fecha de pedido|fecha de compra",
    ),
    (
        "amount",
        "amount|price|value|line total|subtotal|sum|dollar value|revenue|betrag|preis|umsatz|wert|montant|prix|importe|precio|monto",
    ),
    (
        "total",
        "total|order total|grand total|total price|gesamt|gesamtbetrag|gesamtsumme|summe|montant total|total commande|importe total",
    ),
    ("currency", "currency|currency code|wahrung|waehrung|devise|moneda|divisa"),
    (
        "quantity",
        "quantity|qty|count|units|lineitem quantity|number of items|menge|anzahl|stuck|quantite|cantidad",
    ),
    (
        "item",
        "item|items|product|product name|lineitem name|article|artikel|produkt|ware|produit|producto|articulo",
    ),
    (
        "order",
        "order|order id|order number|order no|order nr|invoice|invoice number|invoice no|transaction id|receipt|bestellnummer|bestell nr|auftragsnummer|rechnungsnummer|commande|numero de commande|pedido|numero de pedido|factura",
    ),
];

/// Networks whose name alone heads a column of handles.
const NETWORKS: &[&str] = &[
    "twitter",
    "instagram",
    "linkedin",
    "facebook",
    "mastodon",
    "github",
    "telegram",
    "tiktok",
    "bluesky",
    "youtube",
    "xing",
    "skype",
    "discord",
    "slack",
    "matrix",
];

impl Mapping {
    /// A mapping to be shown and corrected. `namespace` says whose keys a bare `id` column holds.
    pub fn guess(sheet: &Sheet, subject: Subject, namespace: &str) -> Self {
        let mut mapping = Self::of_fields(sheet);
        for (index, column) in sheet.header.iter().enumerate() {
            let meaning = by_name(column, subject, namespace)
                .or_else(|| by_values(sheet, index))
                .filter(|meaning| may_repeat(meaning) || !mapping.has(meaning));
            if let Some(meaning) = meaning {
                mapping.set_at(index, meaning);
            }
        }
        if subject == Subject::Orders {
            mend_orders(&mut mapping, sheet);
        }
        mapping
    }
}

fn by_name(column: &str, subject: Subject, namespace: &str) -> Option<Meaning> {
    let words = fold_words(column).join(" ");
    let in_table = |table: &[(&str, &str)]| {
        table.iter().find(|(_, names)| names.split('|').any(|name| name == words)).map(|(meaning, _)| {
            match *meaning {
                "external:" => Meaning::External(namespace.to_owned()),
                text => text.parse().unwrap_or(Meaning::Ignore),
            }
        })
    };
    let orders = if subject == Subject::Orders { ORDER_WORDS } else { &[] };
    in_table(orders)
        .or_else(|| {
            (subject == Subject::Orders && words.starts_with("number of ")).then_some(Meaning::Quantity)
        })
        .or_else(|| in_table(WORDS))
        .or_else(|| numbered(&words).and_then(|words| by_name(words, subject, namespace)).filter(may_repeat))
        .or_else(|| NETWORKS.contains(&&*words).then(|| Meaning::Social(words.clone())))
}

/// `email 2` is another of the same.
fn numbered(words: &str) -> Option<&str> {
    let (rest, last) = words.rsplit_once(' ')?;
    last.bytes().all(|b| b.is_ascii_digit()).then_some(rest)
}

fn by_values(sheet: &Sheet, index: usize) -> Option<Meaning> {
    let values: Vec<&str> = sheet.column(index).filter(|value| !value.is_empty()).take(100).collect();
    let most = |fits: &dyn Fn(&str) -> bool| {
        let fitting = values.iter().filter(|value| fits(value)).count();
        fitting > 0 && fitting * 100 >= values.len() * MOST
    };
    match () {
        () if most(&|value| Handle::email(value).is_ok()) => Some(Meaning::Email),
        () if most(&|value| value.starts_with('+') && Handle::phone(value, None).is_ok()) => {
            Some(Meaning::Phone)
        }
        () => None,
    }
}

fn may_repeat(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Email | Meaning::Phone | Meaning::Note | Meaning::Tags | Meaning::Social(_))
}

/// Without order numbers a total is a row's own amount; and some shops call the order's number its name.
fn mend_orders(mapping: &mut Mapping, sheet: &Sheet) {
    if let Some(index) = mapping.first(&Meaning::Name) {
        let numbers = sheet.column(index).filter(|value| value.starts_with('#')).count();
        if numbers > 0 && numbers * 2 >= sheet.rows.len() && !mapping.has(&Meaning::Order) {
            mapping.set_at(index, Meaning::Order);
        }
    }
    if let Some(index) = mapping.first(&Meaning::Total)
        && !mapping.has(&Meaning::Order)
        && !mapping.has(&Meaning::Amount)
    {
        mapping.set_at(index, Meaning::Amount);
    }
    let customers = Meaning::External(CUSTOMER.to_owned());
    if let (Some(index), false) = (mapping.first(&Meaning::Name), mapping.has(&customers)) {
        let column = sheet.column(index);
        let keys =
            column.filter(|value| !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())).count();
        if keys > 0 && keys == sheet.rows.len() {
            mapping.set_at(index, customers);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::table::{Options, Table};

    fn guessed(text: &str, subject: Subject) -> String {
        let table = Table::open(Cursor::new(text.as_bytes().to_vec()), &Options::default()).unwrap();
        let mapping = Mapping::guess(table.sheet(), subject, "crm");
        mapping.columns().iter().map(|(_, meaning)| meaning.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_are_understood_in_four_languages() {
        for (header, wanted) in [
            (
                "First Name,Last Name,E-mail Address,Mobile Phone,Company",
                "given_name family_name email phone company",
            ),
            (
                "Vorname;Nachname;E-Mail;Telefonnummer;Firma;Geburtstag",
                "given_name family_name email phone company field:birthday",
            ),
            ("Prénom,Nom,Courriel,Téléphone,Société", "given_name family_name email phone company"),
            (
                "Nombre,Apellidos,Correo electrónico,Teléfono,Empresa,Notas",
                "given_name family_name email phone company note",
            ),
            (
                "id,Kunden-Nr.,Lieblingskaffee,Instagram,e-mail 2",
                "external:crm external:customer field:lieblingskaffee social:instagram email",
            ),
        ] {
            assert_eq!(guessed(&format!("{header}\n"), Subject::People), wanted);
        }
    }

    #[test]
    fn a_column_of_addresses_is_known_by_its_values() {
        let text = "who,reach,ring\nAnn,ann@example.com,+49 30 901820\nBob,bob@example.com,+49 30 901821\n";
        assert_eq!(guessed(text, Subject::People), "field:who email phone");
    }

    #[test]
    fn orders_of_well_known_shops_are_understood() {
        let shopify = "Name,Email,Created at,Total,Currency,Lineitem quantity,Lineitem name\n#1001,a@x.example,2026-01-01,5,EUR,1,Beans\n";
        assert_eq!(guessed(shopify, Subject::Orders), "order email date total currency quantity item");
        let cdnow = "customer_id date number_of_cds dollar_value\n00001 19970101 1 11.77\n";
        let cdnow = cdnow.replace(' ', "  ");
        assert_eq!(guessed(&cdnow, Subject::Orders), "external:customer date quantity amount");
        assert_eq!(
            guessed("Kunde;Datum;Summe\n17;2026-01-01;5\n", Subject::Orders),
            "external:customer date amount"
        );
    }
}
