//! The line that is held open: what was said since, who of us is there, who writes.

use std::{collections::HashMap, convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State as With},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use conversations::{
    presence,
    talks::{self, Key, Line, Talk},
};
use futures_util::{StreamExt, stream};
use model::{Direction, SiteId, StaffId};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use store::Notice;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{Holder, Open};
use crate::{
    State,
    face::{hue, initials},
    pages::{
        live::UNCOLLECTED,
        parts::{Names, names},
    },
    problem::{Answer, Problem},
};

/// A stream ends after so long and the browser asks again.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// How often a browser hears that the line still stands.
const BEAT: Duration = Duration::from_secs(20);
/// Letters of a digest that tell one photo from another.
const PHOTO: usize = 16;
/// Lines told at once.
const TOGETHER: i64 = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    since: i64,
}

/// A line, as a browser shows it.
pub(super) fn told(line: &Line, us: &Us) -> Json {
    let Line { number, moment } = line;
    let files: Vec<Json> =
        moment.originals.iter().map(|it| json!({"name": it.name, "size": it.size})).collect();
    let ours = moment.direction == Direction::Said;
    let (by, face) = (ours.then(|| given(&us.names, moment.by)), ours.then(|| us.face(moment.by)));
    // What a mail quotes of ours stands above already.
    let text = moment.parted().0;
    json!({
        "number": number, "name": moment.data["name"], "text": text, "by": by, "face": face, "at": moment.at.to_string(), "files": files,
    })
}

/// Those of us who may have said something, and who of them has shown their face.
pub(super) struct Us {
    names: Names,
    photos: HashMap<StaffId, String>,
}

impl Us {
    pub(super) async fn of(state: &State) -> Result<Self, Problem> {
        let photos = state.house().staff_photos().await?.into_iter().collect();
        Ok(Self { names: names(state).await?, photos })
    }

    /// The drawn face, and a word by which a browser knows a photo again. Nothing of a family name: it is their own.
    fn face(&self, id: Option<StaffId>) -> Json {
        let key = id.map(|it| it.to_string()).unwrap_or_default();
        let photo =
            id.and_then(|it| self.photos.get(&it)).map(|it| it.chars().take(PHOTO).collect::<String>());
        json!({"letters": initials(&given(&self.names, id)), "hue": hue(&key), "photo": photo})
    }
}

/// Somebody of us by the name people call them by; their family name is their own.
fn given(names: &Names, id: Option<model::StaffId>) -> String {
    let name = id.and_then(|id| names.get(&id)).map_or("", String::as_str);
    name.split(' ').next().unwrap_or_default().to_owned()
}

/// What a browser was told so far, and what it listens to.
struct Listening {
    state: State,
    site: SiteId,
    key: Key,
    talk: Talk,
    last: i64,
    seen: i64,
    us: Json,
    notices: Receiver<Notice>,
    begun: bool,
}

pub(super) async fn listen(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Query(asked): Query<Asked>,
) -> Answer {
    let notices = state.store().notices();
    let talk = holder.talk(&state, site.id).await?.ok_or_else(|| Problem::missing("A talk of yours"))?;
    let stopping = state.stopping();
    let listening = Listening {
        site: site.id,
        key: holder.key,
        last: asked.since.max(0),
        seen: -1,
        us: Json::Null,
        talk,
        notices,
        begun: false,
        state,
    };
    let events = stream::unfold(listening, |mut it| async move {
        let news = it.next().await?;
        Some((stream::iter(news.into_iter().map(Ok::<_, Infallible>)), it))
    });
    let end = async move {
        tokio::select! { () = stopping => {}, () = tokio::time::sleep(LONGEST) => {} }
    };
    let events = events.flatten().take_until(Box::pin(end));
    Ok((UNCOLLECTED, Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT))).into_response())
}

impl Listening {
    /// Waits until there is something to tell; nothing if the talk is over.
    async fn next(&mut self) -> Option<Vec<Event>> {
        if self.begun {
            self.changed().await?;
        }
        self.begun = true;
        match self.news().await {
            Ok(news) => news,
            Err(problem) => {
                tracing::warn!(why = problem.detail, "a talk could not be read; its browser asks again");
                None
            }
        }
    }

    async fn changed(&mut self) -> Option<()> {
        loop {
            match self.notices.recv().await {
                Ok(it) if it.topic == "talk" && it.id == self.talk.id.to_string() => return Some(()),
                Ok(it) if it.topic == "presence" && it.id == self.talk.person.to_string() => return Some(()),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(()),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn news(&mut self) -> Result<Option<Vec<Event>>, Problem> {
        let (site, key, last, now) = (self.site, self.key.clone(), self.last, self.state.world().now());
        let read = self.state.store().read(move |db| {
            let Some(talk) = talks::held(db, site, &key)? else { return Ok(None) };
            let lines = talks::since(db, &talk, last, TOGETHER)?;
            let writing = presence::writing(db, talk.person, now)?;
            let here = presence::anybody(db, now)?;
            Ok::<_, Problem>(Some((talk, lines, writing, here)))
        });
        let Some((talk, lines, writing, here)) = read.await? else {
            return Ok(Some(vec![event(&json!({"over": true}))]));
        };
        let us = match lines.is_empty() && writing.is_none() {
            true => Us { names: Names::new(), photos: HashMap::new() },
            false => Us::of(&self.state).await?,
        };
        let mut news: Vec<Event> = lines.iter().map(|it| event(&json!({"line": told(it, &us)}))).collect();
        self.last = lines.last().map_or(self.last, |it| it.number);
        if talk.seen != self.seen {
            news.push(event(&json!({"seen": talk.seen})));
        }
        let writes = writing.map(|it| given(&us.names, Some(it)));
        let us = json!({"us": {"here": here, "writing": writes, "reachable": talk.address.is_some()}});
        if us != self.us {
            news.push(event(&us));
        }
        (self.seen, self.us, self.talk) = (talk.seen, us, talk);
        if lines.len() as i64 == TOGETHER {
            // The rest follows at once.
            self.begun = false;
        }
        Ok(Some(news))
    }
}

fn event(what: &Json) -> Event {
    Event::default().data(what.to_string())
}
