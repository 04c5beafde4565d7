//! Files that came with somebody's words: services tell where they are, and give them to whoever shows who they are.

use reqwest::header::LOCATION;
use serde_json::{Value as Json, json};

use super::{
    Account, Service,
    sending::{Asked, ask, posted, proof, refused, tell},
};
use crate::{http, mail::LineError};

/// No file that a service lets people send to programs is larger by much.
const LARGEST: usize = 100 << 20;
/// From the service to where it keeps its files, and no further.
const STEPS: usize = 3;

/// Fetches a file from a service.
///
/// # Errors
/// [`LineError::Refused`] if the service does not give it, [`LineError::Away`] if it cannot be asked just now.
pub async fn fetch(service: Service, account: &Account, reference: &str) -> Result<Vec<u8>, LineError> {
    let base = account.address.trim_end_matches('/');
    let bearer = || vec![("authorization", format!("Bearer {}", account.token))];
    let text = |told: &Json, place: &str| {
        let found = told.pointer(place).and_then(Json::as_str).map(str::to_owned);
        found.ok_or_else(|| refused(service, "it does not say where the file is".into()))
    };
    let asked = match service {
        Service::Generic => return Err(refused(service, "it gives no files".into())),
        Service::Telegram => {
            let url = format!("{base}/bot{}/getFile", account.token);
            let told = tell(service, posted(url, &json!({"file_id": reference}))).await?;
            let path = text(&told, "/result/file_path")?;
            get(format!("{base}/file/bot{}/{path}", account.token), Vec::new())
        }
        Service::Whatsapp => {
            let told = tell(service, get(format!("{base}/{reference}"), bearer())).await?;
            get(text(&told, "/url")?, bearer())
        }
        // Only the service itself is shown who we are.
        Service::Twilio if reference.starts_with(&format!("{base}/")) => {
            get(reference.to_owned(), vec![proof(account)])
        }
        Service::Twilio => return Err(refused(service, "the file lies elsewhere".into())),
    };
    // What the service names is fetched as safely as the service itself is asked.
    if base.starts_with("https:") && !asked.url.starts_with("https:") {
        return Err(refused(service, "the file is not to be had by https://".into()));
    }
    followed(service, asked).await
}

fn get(url: String, headers: Vec<(&'static str, String)>) -> Asked {
    Asked { url, headers, body: None }
}

/// The bytes, wherever the service sends us for them; who we are is said at the first address only.
async fn followed(service: Service, mut asked: Asked) -> Result<Vec<u8>, LineError> {
    let away = |why: String| LineError::Away(format!("{}: {why}", service.label()));
    for _ in 0..STEPS {
        let answer = ask(service, asked).await?.map_err(|error| away(http::in_words(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return http::bytes_up_to(answer, LARGEST).await.map_err(away);
        }
        let next = answer.headers().get(LOCATION).and_then(|it| it.to_str().ok());
        let next = next.filter(|_| status.is_redirection()).and_then(|it| answer.url().join(it).ok());
        let next = next.filter(|it| it.scheme() == "https" || answer.url().scheme() == "http");
        match next {
            Some(next) => asked = get(next.into(), Vec::new()),
            None if status.is_server_error() => return Err(away(format!("it answers {status}"))),
            None => return Err(refused(service, format!("it answers {status}"))),
        }
    }
    Err(refused(service, "it sends us from one address to the next".into()))
}
