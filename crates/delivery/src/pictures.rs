//! Pictures that a mail speaks of and that are elsewhere: fetched by us when somebody asks, so that whoever wrote the mail learns that
//! it was read and nothing more. They are named by their place in that mail, so nobody can have us fetch anything else.

use std::net::SocketAddr;

use channels::{mail, pictures};

use crate::{DeliveryError, aside::blocking};

/// The picture with this number within a raw mail; nothing if there is none, or it cannot be had. `also` is one address that may be asked
/// though nobody outside reaches it.
pub async fn fetch(
    raw: Vec<u8>,
    number: usize,
    also: Option<SocketAddr>,
) -> Result<Option<Vec<u8>>, DeliveryError> {
    let addresses = blocking(move || Ok::<_, DeliveryError>(mail::pictures(&raw))).await?;
    let Some(address) = addresses.get(number) else { return Ok(None) };
    match pictures::fetch(address, also).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) => {
            tracing::info!(%why, "a picture of a mail was not fetched");
            Ok(None)
        }
    }
}
