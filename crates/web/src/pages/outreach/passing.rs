//! Where timelines and outreach meet: what somebody got in a digest, and the way from what they said to a story.

use std::collections::HashMap;

use ::house::Permission;
use maud::{Markup, html};
use model::{Direction, Kind, Moment, PieceId};

use crate::gate::Desk;

/// What a digest told somebody, by its titles.
pub(in crate::pages) fn passed_on(moment: &Moment, titles: &HashMap<PieceId, String>) -> Markup {
    let pieces = moment.data.get("pieces").and_then(serde_json::Value::as_array);
    let ids: Vec<PieceId> = pieces.into_iter().flatten().filter_map(|it| it.as_str()?.parse().ok()).collect();
    html! {
        @if !ids.is_empty() {
            ul.passed-on { @for id in &ids {
                li {
                    @match titles.get(id) {
                        Some(title) => a href={"/outreach/pieces/" (id)} { (title) },
                        None => span.soft { "a piece that is not here any more" },
                    }
                }
            } }
        }
    }
}

/// From what they told us to a story, for whoever may write.
pub(in crate::pages) fn way_to_a_story(desk: &Desk, moment: &Moment) -> Markup {
    let told = match moment.kind {
        Kind::Email | Kind::Chat | Kind::Message | Kind::Survey => moment.direction == Direction::Heard,
        Kind::Call | Kind::Visit | Kind::Meeting => moment.direction != Direction::Said,
        _ => false,
    };
    html! {
        @if told && !moment.body.trim().is_empty() && desk.can(Permission::WritePeople) {
            a.pass-on href={"/outreach/pieces/new?moment=" (moment.id)} { "Pass it on as a story" }
        }
    }
}
