//! A write on its way: run (perhaps more than once), then answered when its fate is known.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tokio::sync::oneshot;

use crate::{Notice, StoreError, Write, access::Connection};

/// A write whose types are forgotten, so that a queue can hold it.
pub(crate) trait Work: Send {
    /// Runs it; `Some` with its notices if its changes are to be kept.
    fn run(&mut self, connection: Connection<'_>) -> Option<Vec<Notice>>;
    /// Answers the caller: kept as run, or lost for this reason.
    fn answer(self: Box<Self>, lost: Option<StoreError>);
}

pub(crate) struct Task<F, T, E> {
    pub(crate) work: F,
    pub(crate) outcome: Option<Result<T, E>>,
    pub(crate) caller: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work for Task<F, T, E>
where
    F: Fn(&mut Write<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, connection: Connection<'_>) -> Option<Vec<Notice>> {
        let (outcome, notices) = attempt(&self.work, connection);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep.then_some(notices)
    }

    fn answer(self: Box<Self>, lost: Option<StoreError>) {
        let outcome = match (lost, self.outcome) {
            (Some(error), _) => Err(error.into()),
            (None, Some(outcome)) => outcome,
            (None, None) => Err(StoreError::Unreachable("the store is closing".into()).into()),
        };
        // A caller who went away needs no answer.
        let _ = self.caller.send(outcome);
    }
}

/// Runs the closure, turning a panic into an error.
pub(crate) fn attempt<T, E: From<StoreError>>(
    work: &impl Fn(&mut Write<'_>) -> Result<T, E>,
    connection: Connection<'_>,
) -> (Result<T, E>, Vec<Notice>) {
    let mut write = Write::on(connection);
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut write)));
    (outcome.unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into())), write.notices)
}

pub(crate) fn panicked(panic: &(dyn Any + Send)) -> StoreError {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown".into());
    StoreError::Panicked(text)
}
