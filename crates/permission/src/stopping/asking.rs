//! Whether somebody asks, in words of their own, to be left alone. It is only ever pointed out to one of us, who reads it and decides; so it
//! would rather miss a rare wording than see a wish where there is none.

use super::{Says, word};

/// Nobody asks this for the first time after so many characters; what comes then is a document.
const READ_CHARS: usize = 20_000;
/// So many words before a phrase may turn it round: “please do not stop writing”.
const TURNS_WITHIN: usize = 3;

/// What is said so, in words as search cuts them (“don't” is “don t”). By language only for whoever reads it.
const PHRASES: &[&[&str]] = &[
    // English
    &[
        "stop writing",
        "stop emailing",
        "stop mailing",
        "stop e mailing",
        "stop texting",
        "stop messaging",
        "stop contacting",
        "stop spamming",
        "stop bothering",
        "stop sending me",
        "stop sending us",
        "stop sending these",
        "stop sending those",
        "stop sending your",
        "stop sending emails",
        "stop sending mails",
        "stop sending messages",
        "stop these mails",
        "stop these emails",
        "stop these messages",
        "stop the emails",
        "stop the mails",
        "stop the newsletter",
        "stop your emails",
        "stop your newsletter",
        "stop with the emails",
        "no more mails",
        "no more mail",
        "no more emails",
        "no more e mails",
        "no more messages",
        "no more newsletters",
        "no more texts",
        "unsubscribe me",
        "unsubscribe us",
        "please unsubscribe",
        "want to unsubscribe",
        "like to unsubscribe",
        "wish to unsubscribe",
        "remove me from",
        "remove us from",
        "remove my address",
        "remove my email",
        "take me off",
        "take us off",
        "delete me from your list",
        "opt me out",
        "want to opt out",
        "like to opt out",
        "don t write to me",
        "do not write to me",
        "don t email me",
        "do not email me",
        "don t mail me",
        "do not mail me",
        "don t text me",
        "do not text me",
        "don t contact me",
        "do not contact me",
        "don t send me any more",
        "do not send me any more",
        "don t send me anymore",
        "do not send me anymore",
        "leave me alone",
        "leave us alone",
        "don t want your emails",
        "don t want any more emails",
        "do not want any more emails",
        "don t want your newsletter",
        "do not want your newsletter",
        "no longer want to hear from you",
        "no longer wish to hear from you",
        "no longer want your",
        "no longer wish to receive",
        "no longer want to receive",
        "never write to me again",
        "never contact me again",
    ],
    // German
    &[
        "keine mails mehr",
        "keine mail mehr",
        "keine e mails mehr",
        "keine e mail mehr",
        "keine emails mehr",
        "keine werbung mehr",
        "keine werbung zusenden",
        "keine newsletter mehr",
        "keinen newsletter mehr",
        "keine nachrichten mehr",
        "keine post mehr",
        "keine weiteren mails",
        "keine weiteren e mails",
        "keine weiteren emails",
        "keine weiteren nachrichten",
        "nicht mehr schreiben",
        "nichts mehr schicken",
        "nichts mehr senden",
        "nicht mehr anschreiben",
        "nicht mehr kontaktieren",
        "nichts mehr von ihnen horen",
        "schreiben sie mir nicht mehr",
        "schreibt mir nicht mehr",
        "schreib mir nicht mehr",
        "schicken sie mir nichts mehr",
        "aus dem verteiler",
        "aus ihrem verteiler",
        "aus eurem verteiler",
        "aus der liste nehmen",
        "von der liste streichen",
        "von ihrer liste",
        "newsletter abbestellen",
        "vom newsletter abmelden",
        "melden sie mich ab",
        "meldet mich ab",
        "bitte abmelden",
        "mochte mich abmelden",
        "lassen sie mich in ruhe",
        "lasst mich in ruhe",
        "kein interesse an ihren mails",
        "verschonen sie mich",
    ],
    // French
    &[
        "plus de mails",
        "plus de courriels",
        "plus d e mails",
        "plus d emails",
        "ne m ecrivez plus",
        "ne m envoyez plus",
        "ne plus recevoir",
        "cessez de m ecrire",
        "arretez de m ecrire",
        "arretez de m envoyer",
        "cessez de m envoyer",
        "desabonnez moi",
        "me desabonner",
        "desinscrivez moi",
        "me desinscrire",
        "retirez moi de",
        "me retirer de votre liste",
        "supprimez moi de",
        "ne me contactez plus",
        "laissez moi tranquille",
    ],
    // Spanish
    &[
        "no mas correos",
        "no mas mensajes",
        "no mas emails",
        "no me escriban mas",
        "no me escriba mas",
        "no me envien mas",
        "no me envie mas",
        "no quiero recibir mas",
        "dejen de escribirme",
        "deje de escribirme",
        "dejen de enviarme",
        "deje de enviarme",
        "denme de baja",
        "deme de baja",
        "darme de baja",
        "quitenme de",
        "eliminenme de",
        "borrenme de",
        "no me contacten mas",
        "dejenme en paz",
    ],
    // Italian
    &[
        "niente piu mail",
        "niente piu email",
        "basta mail",
        "basta email",
        "non mi scriva piu",
        "non mi scrivete piu",
        "non scrivetemi piu",
        "non mi mandate piu",
        "non inviatemi piu",
        "non voglio piu ricevere",
        "smettete di scrivermi",
        "smetta di scrivermi",
        "cancellatemi",
        "mi cancelli dalla",
        "toglietemi dalla",
        "mi tolga dalla",
        "rimuovetemi",
        "disiscrivetemi",
        "non contattatemi piu",
        "lasciatemi in pace",
    ],
    // Dutch
    &[
        "geen mails meer",
        "geen mail meer",
        "geen e mails meer",
        "geen emails meer",
        "geen berichten meer",
        "geen nieuwsbrief meer",
        "geen reclame meer",
        "stop met mailen",
        "stop met schrijven",
        "stop met sturen",
        "schrijf mij niet meer",
        "mail mij niet meer",
        "mail me niet meer",
        "schrijf me uit",
        "wil me uitschrijven",
        "wil mij uitschrijven",
        "haal me van",
        "haal mij van",
        "verwijder mij uit",
        "verwijder me uit",
        "neem geen contact meer",
        "laat me met rust",
    ],
    // Polish
    &[
        "zadnych wiecej maili",
        "prosze nie pisac",
        "nie piszcie do mnie",
        "prosze juz nie pisac",
        "nie wysylajcie mi",
        "prosze nie wysylac mi",
        "nie chce wiecej maili",
        "nie chce otrzymywac",
        "nie chce dostawac",
        "prosze mnie wypisac",
        "wypiszcie mnie",
        "usuncie mnie z",
        "prosze o usuniecie mnie z",
        "dajcie mi spokoj",
    ],
    // Portuguese
    &[
        "nao me escrevam mais",
        "nao me escreva mais",
        "nao me enviem mais",
        "nao me envie mais",
        "nao quero receber mais",
        "nao quero mais receber",
        "parem de me escrever",
        "pare de me escrever",
        "parem de me enviar",
        "pare de me enviar",
        "chega de emails",
        "me descadastre",
        "descadastrem me",
        "retirem me da lista",
        "remova me da",
        "removam me da",
        "me tire da lista",
        "deixem me em paz",
    ],
    // Swedish
    &[
        "inga fler mejl",
        "inga fler mail",
        "inga fler utskick",
        "inga mer mejl",
        "sluta skriva",
        "sluta mejla",
        "sluta maila",
        "sluta skicka",
        "skicka inte fler",
        "skriv inte mer till mig",
        "ta bort mig fran",
        "avregistrera mig",
        "vill inte ha fler",
        "vill inte fa fler",
        "kontakta mig inte",
        "lamna mig i fred",
    ],
    // Turkish
    &[
        "artik yazmayin",
        "bana yazmayin",
        "artik mail atmayin",
        "mail atmayin",
        "e posta gondermeyin",
        "mesaj gondermeyin",
        "bana bir daha yazmayin",
        "mail almak istemiyorum",
        "e posta almak istemiyorum",
        "mesaj almak istemiyorum",
        "listeden cikarin",
        "listenizden cikarin",
        "beni rahat birakin",
    ],
];

/// Right before a phrase these turn it round, or ask about it: “did you stop sending me invoices?”.
const TURNS: &[&str] = &[
    "t", "not", "never", "did", "why", "nicht", "warum", "pas", "pourquoi", "nunca", "non", "niet", "waarom",
    "inte", "varfor",
];

/// A sentence with one of these is the foot of a mail that goes to many, telling others how to stop it.
const FEET: &[&[&str]] = &[
    &["if", "you"],
    &["click"],
    &["you", "can", "unsubscribe"],
    &["received", "this"],
    &["wenn", "sie"],
    &["falls", "sie"],
    &["sollten", "sie"],
    &["klicken"],
    &["si", "vous"],
    &["cliquez"],
    &["si", "no", "desea"],
    &["si", "ya", "no"],
    &["haga", "clic"],
    &["se", "non"],
    &["clicca"],
    &["indien", "u"],
    &["als", "u"],
    &["klik"],
    &["jesli"],
    &["kliknij"],
    &["caso", "nao"],
    &["clique"],
    &["om", "du"],
    &["klicka"],
    &["tiklayin"],
];

/// Whether these words of somebody - without what they quote - ask for no more of what they did not ask for.
pub fn asks_to_stop(text: &str) -> bool {
    if word(text).is_some_and(|it| it.says == Says::Stop) {
        return true;
    }
    let read: String =
        text.chars().take(READ_CHARS).collect::<String>().replace("\r\n", "\n").replace("\n\n", ".");
    read.split(['.', '!', '?', ';', '\u{2026}']).any(asks)
}

fn asks(sentence: &str) -> bool {
    let said = model::fold_words(sentence);
    if word(&said.join(" ")).is_some_and(|it| it.says == Says::Stop) && said.len() > 1 {
        return true;
    }
    let all: Vec<&str> = said.iter().map(String::as_str).collect();
    if FEET.iter().any(|it| at(&all, it).is_some()) {
        return false;
    }
    PHRASES.iter().copied().flatten().any(|phrase| {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        let straight = |from: usize| {
            let before = &all[from.saturating_sub(TURNS_WITHIN)..from];
            !before.iter().any(|it| TURNS.contains(it))
        };
        at(&all, &wanted).is_some_and(straight)
    })
}

/// Where some words stand beside each other among others.
fn at(all: &[&str], wanted: &[&str]) -> Option<usize> {
    all.windows(wanted.len()).position(|it| it == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_be_left_alone_is_heard_in_each_language() {
        for text in [
            "Please stop writing.",
            "please stop writing to me, thank you",
            "STOP",
            "Hi Ines,\n\nplease remove me\nfrom your list.",
            "Remove me from your list",
            "Could you unsubscribe me?",
            "Thanks for the beans. No more emails, please!",
            "Please don't send me any more of these",
            "I don't want your newsletter any longer",
            "Leave me alone!",
            "Would you take me off the mailing list?",
            "Hello, please unsubscribe. Ann",
            "Bitte keine Mails mehr.",
            "bitte keine E-Mails mehr!",
            "Bitte nehmen Sie mich aus dem Verteiler",
            "Ich möchte keinen Newsletter mehr",
            "Schreiben Sie mir nicht mehr",
            "Lassen Sie mich in Ruhe.",
            "Merci de ne plus m'écrire : désabonnez-moi",
            "Ne m’envoyez plus rien",
            "Je souhaite ne plus recevoir vos messages",
            "No quiero recibir más correos",
            "Por favor, denme de baja",
            "Non scrivetemi più, grazie",
            "Basta email!",
            "Geen mails meer alstublieft",
            "Haal mij van de lijst",
            "Proszę mnie wypisać z listy",
            "Não me enviem mais e-mails",
            "Sluta skicka de här mejlen",
            "Ta bort mig från listan",
            "Lütfen bana bir daha yazmayın",
            "Beni listeden çıkarın",
        ] {
            assert!(asks_to_stop(text), "not heard: {text}");
        }
    }

    #[test]
    fn a_story_with_the_same_words_is_no_wish() {
        for text in [
            "",
            "Stop by the shop on Friday?",
            "Could you stop by the shop and bring two bags?",
            "I can't stop drinking your coffee",
            "Please stop the machine before you clean it",
            "Please don't stop writing, I love your letters!",
            "Please do not stop sending me these",
            "Did you stop sending me invoices? I need them.",
            "Why did you stop writing?",
            "It won't stop beeping",
            "Please cancel my order.",
            "I never want to be without your beans",
            "Take the lid off and stop the timer",
            "We had to remove the filter from your list of parts",
            "Leave the parcel alone at the door",
            "If you no longer wish to receive these emails, click here to unsubscribe me",
            "Wenn Sie keine E-Mails mehr erhalten möchten, klicken Sie hier.",
            "Es sind keine Bohnen mehr da",
            "Die Mühle hält nicht mehr",
            "Bitte nicht aufhören",
            "Il n'y a plus de café",
            "No hay más café",
            "Ik heb geen koffie meer",
            "Der Bus hält nicht an der Liste",
        ] {
            assert!(!asks_to_stop(text), "heard in: {text}");
        }
    }

    #[test]
    fn each_phrase_is_written_as_words_are_cut() {
        for phrase in PHRASES.iter().copied().flatten() {
            assert_eq!(model::fold_words(phrase).join(" "), *phrase);
            assert!(phrase.contains(' ') || phrase.len() > 10, "“{phrase}” alone says too little");
        }
    }
}
