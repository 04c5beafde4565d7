//! A name server of our own: it tells what a story has written down, and nothing else of the world.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use std::{
    collections::HashMap,
    net::{SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    thread,
};

use hickory_proto::{
    op::{Message, OpCode, ResponseCode},
    rr::{
        RData, Record, RecordType,
        rdata::{MX, TXT},
    },
};

/// So long may a question be, and no test asks longer ones.
const QUESTION: usize = 1500;
/// A text is published in parts of this size at most.
const PART: usize = 255;

type Zone = HashMap<(String, RecordType), Vec<RData>>;

/// A name server on this machine.
#[derive(Clone)]
pub struct Names {
    /// Where it is asked.
    pub address: SocketAddr,
    zone: Arc<Mutex<Option<Zone>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Names {
    /// One that knows nothing yet.
    #[must_use]
    pub fn open() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let it = Self { address, zone: Arc::new(Mutex::new(Some(Zone::new()))), asked: Arc::default() };
        let serving = it.clone();
        thread::spawn(move || serving.serve(&socket));
        it
    }

    /// These texts are under a name from now on, and no others.
    pub fn tells(&self, name: &str, texts: &[&str]) {
        let parts = |text: &&str| {
            text.as_bytes().chunks(PART).map(|it| String::from_utf8(it.into()).unwrap()).collect()
        };
        let told = texts.iter().map(|text| RData::TXT(TXT::new(parts(text)))).collect();
        self.keep(name, RecordType::TXT, told);
    }

    /// Mail for a domain is taken by this server.
    pub fn takes_mail(&self, domain: &str, server: &str) {
        self.keep(domain, RecordType::MX, vec![RData::MX(MX::new(10, server.parse().unwrap()))]);
    }

    fn keep(&self, name: &str, kind: RecordType, told: Vec<RData>) {
        let mut zone = self.zone.lock().unwrap();
        zone.get_or_insert_default().insert((name.to_lowercase(), kind), told);
    }

    /// It forgets all, and answers that nothing is there.
    pub fn forgets(&self) {
        *self.zone.lock().unwrap() = Some(Zone::new());
    }

    /// It hears questions and does not answer.
    pub fn falls_silent(&self) {
        *self.zone.lock().unwrap() = None;
    }

    /// Every name that it was asked about.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn serve(&self, socket: &UdpSocket) {
        let mut bytes = [0; QUESTION];
        while let Ok((len, from)) = socket.recv_from(&mut bytes) {
            let Ok(question) = Message::from_vec(&bytes[..len]) else { continue };
            if let Some(answer) = self.answer(&question) {
                let _ = socket.send_to(&answer.to_vec().unwrap(), from);
            }
        }
    }

    fn answer(&self, question: &Message) -> Option<Message> {
        let query = question.queries.first()?.clone();
        let name = query.name().to_utf8().trim_end_matches('.').to_lowercase();
        self.asked.lock().unwrap().push(name.clone());
        let zone = self.zone.lock().unwrap();
        let found = zone.as_ref()?.get(&(name, query.query_type())).cloned().unwrap_or_default();
        let mut answer = Message::response(question.metadata.id, OpCode::Query);
        if found.is_empty() {
            answer.metadata.response_code = ResponseCode::NXDomain;
        }
        answer.add_answers(found.into_iter().map(|it| Record::from_rdata(query.name().clone(), 60, it)));
        answer.add_query(query);
        Some(answer)
    }
}
