//! The words themselves, by language: folded (small, without marks), in one spelling each. What a word means elsewhere counts, too: “fin” and
//! “fine” stop nothing, because to others they say that all is well.

/// What one language says.
pub(crate) struct Language {
    /// Two letters.
    pub(crate) code: &'static str,
    /// A message that is nothing but one of these wants no more.
    pub(crate) stop: &'static [&'static str],
    /// One that is nothing but one of these wants it again.
    pub(crate) back: &'static [&'static str],
    /// These say yes to anything; they undo a stop only as an answer to its confirmation.
    pub(crate) yes: &'static [&'static str],
    /// How a stop is confirmed.
    pub(crate) confirms: &'static str,
}

/// In this order a word is looked for. The English ones are those of 47 CFR 64.1200(a)(10) and of the services' handbooks.
pub(crate) const LANGUAGES: &[Language] = &[
    Language {
        code: "en",
        stop: &[
            "stop",
            "stopall",
            "stop all",
            "quit",
            "end",
            "revoke",
            "opt out",
            "optout",
            "cancel",
            "unsubscribe",
            "stop please",
            "please stop",
        ],
        back: &["start", "unstop", "opt in", "optin", "resubscribe"],
        yes: &["yes", "yes please"],
        confirms: "We will send you nothing more that you did not ask for. If you write to us, we answer. START undoes this.",
    },
    Language {
        code: "de",
        stop: &[
            "stopp",
            "abmelden",
            "austragen",
            "abbestellen",
            "abbestellung",
            "beenden",
            "ende",
            "keine werbung",
            "keine werbung mehr",
            "keine sms mehr",
            "keine nachrichten mehr",
            "bitte stoppen",
            "bitte stopp",
            "bitte abmelden",
            "bitte austragen",
            "stop bitte",
        ],
        back: &["wieder anmelden", "wieder starten", "starten"],
        yes: &["ja", "ja bitte"],
        confirms: "Wir schicken Ihnen nichts mehr, worum Sie nicht gebeten haben. Schreiben Sie uns, antworten wir. START macht das rückgängig.",
    },
    Language {
        code: "fr",
        stop: &[
            "arret",
            "arreter",
            "arretez",
            "desabonner",
            "desabonnement",
            "desinscrire",
            "desinscription",
            "me desabonner",
            "me desinscrire",
            "stop sms",
            "stop svp",
        ],
        back: &["reprendre", "reabonner", "me reabonner"],
        yes: &["oui"],
        confirms: "Nous ne vous enverrons plus rien que vous n'ayez demandé. Si vous nous écrivez, nous répondons. START annule cet arrêt.",
    },
    Language {
        code: "es",
        stop: &[
            "baja",
            "darse de baja",
            "darme de baja",
            "parar",
            "basta",
            "cancelar",
            "detener",
            "no mas mensajes",
        ],
        back: &["alta", "darme de alta", "reanudar"],
        yes: &["si"],
        confirms: "No le enviaremos nada más que no haya pedido. Si nos escribe, respondemos. START lo deshace.",
    },
    Language {
        code: "it",
        stop: &["ferma", "fermare", "cancellami", "cancellarmi", "disiscrivimi", "disiscriviti", "annulla"],
        back: &["riprendi", "riprendere", "riattiva"],
        yes: &["si grazie"],
        confirms: "Non le invieremo più nulla che non abbia chiesto. Se ci scrive, rispondiamo. START annulla questa scelta.",
    },
    Language {
        code: "nl",
        stop: &["stoppen", "afmelden", "uitschrijven", "meld me af", "schrijf me uit", "stop aub"],
        back: &["aanmelden", "weer aanmelden"],
        yes: &["ja graag"],
        confirms: "Wij sturen u niets meer waar u niet om vroeg. Schrijft u ons, dan antwoorden wij. START maakt dit ongedaan.",
    },
    Language {
        code: "pl",
        stop: &["wypisz", "wypisz mnie", "rezygnuje", "rezygnacja", "koniec", "zatrzymaj", "anuluj"],
        back: &["wznow", "zapisz mnie"],
        yes: &["tak"],
        confirms: "Nie wyślemy już nic, o co nie prosisz. Jeśli napiszesz, odpowiemy. START to cofa.",
    },
    Language {
        code: "pt",
        stop: &["pare", "sair", "cancelar inscricao", "descadastrar", "remover", "nao quero mais mensagens"],
        back: &["voltar", "retomar", "reativar"],
        yes: &["sim"],
        confirms: "Não enviaremos mais nada que não tenha pedido. Se nos escrever, respondemos. START desfaz isto.",
    },
    Language {
        code: "sv",
        stop: &["stoppa", "avsluta", "avregistrera", "avprenumerera", "avanmal", "sluta"],
        back: &["starta", "ateruppta"],
        yes: &["ja tack"],
        confirms: "Vi skickar inget mer som du inte har bett om. Skriver du till oss svarar vi. START ångrar detta.",
    },
    Language {
        code: "tr",
        stop: &["dur", "durdur", "iptal", "ret", "cikis", "abonelikten cik", "mesaj istemiyorum"],
        back: &["basla", "baslat", "devam et"],
        yes: &["evet"],
        confirms: "İstemediğiniz hiçbir şeyi artık göndermeyeceğiz. Bize yazarsanız yanıtlarız. START bunu geri alır.",
    },
];
