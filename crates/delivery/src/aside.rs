//! Work that waits for the disk is done aside, so that it holds nobody up.

use crate::DeliveryError;

pub(crate) async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, DeliveryError>
where
    DeliveryError: From<E>,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => Ok(outcome?),
        Err(error) => Err(store::StoreError::Panicked(error.to_string()).into()),
    }
}
