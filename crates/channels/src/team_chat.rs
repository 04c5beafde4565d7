//! A line into the team's own chat: an incoming webhook, as Slack, Mattermost, Rocket.Chat and Google Chat take it.

use serde_json::json;

use crate::{http, mail::LineError};

/// Whether this can be such a webhook.
pub fn check(address: &str) -> Result<(), String> {
    http::safe(address).map(drop)
}

/// Says something there.
pub async fn tell(address: &str, text: &str) -> Result<(), LineError> {
    let refused = |why: String| LineError::Refused(format!("the team's chat: {why}"));
    let address = http::safe(address).map_err(refused)?;
    let client = http::client(http::trust(None).map_err(refused)?).map_err(|it| refused(it.to_string()))?;
    let body = json!({ "text": text }).to_string();
    let sent = client.post(address).header("content-type", "application/json").body(body).send().await;
    // The address is a secret, and an error would show it.
    let answer =
        sent.map_err(|error| LineError::Away(format!("the team's chat: {}", http::in_words(&error))))?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        status if status.is_client_error() => Err(refused(format!("it answers {status}"))),
        status => Err(LineError::Away(format!("the team's chat: it answers {status}"))),
    }
}
