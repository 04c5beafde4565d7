//! What every page can reach.

use std::{net::SocketAddr, sync::Arc};

use house::{House, Passkeys};
use memory::Intake;
use model::World;
use store::Store;
use tokio::sync::watch;

use crate::{auditor::Ours, metrics::Metrics, pace::Pace, seen::Seen};

/// How the house is reached.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The address people type, such as `https://regard.example.org` or `http://localhost:8080`; links begin with it.
    pub address: String,
    /// Whether a proxy of ours stands in front, so that its word about who calls is taken.
    pub behind_proxy: bool,
    /// The name server that is asked about our domains, if not this machine's own.
    pub dns: Option<SocketAddr>,
    /// One address that pictures in mail are fetched from though nobody outside reaches it. Only tests want that: a mail could have us
    /// ask there.
    pub pictures_also_from: Option<SocketAddr>,
}

/// What every page can reach; cheap to clone.
#[derive(Clone)]
pub struct State {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    house: House,
    config: Config,
    metrics: Metrics,
    passkeys: Option<Passkeys>,
    intake: Intake,
    pace: Pace,
    talk_pace: Pace,
    seen: Seen,
    auditor: Ours,
    stop: watch::Receiver<bool>,
}

impl State {
    /// Over a store whose rooms are open, on the runtime that will serve. When `stop` turns true, live regions end so
    /// that the server can.
    pub fn new(store: Store, config: Config, stop: watch::Receiver<bool>) -> Self {
        let passkeys = Passkeys::at(&config.address);
        if let Err(error) = &passkeys {
            tracing::warn!(%error, "no passkeys at this address");
        }
        let house = House::new(store.clone());
        let intake = Intake::open(store.clone());
        let (metrics, passkeys) = (Metrics::default(), passkeys.ok());
        let (pace, talk_pace) = (Pace::of_programs(), Pace::of_talks());
        let seen = Seen::default();
        Self {
            inner: Arc::new(Inner {
                store,
                house,
                config,
                metrics,
                passkeys,
                intake,
                pace,
                talk_pace,
                seen,
                auditor: Ours::default(),
                stop,
            }),
        }
    }

    /// The data.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }
    /// Those who work here.
    pub fn house(&self) -> &House {
        &self.inner.house
    }
    /// Time, chance and ids.
    pub fn world(&self) -> &World {
        self.inner.store.world()
    }
    /// How the house is reached.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
    /// Passkeys, where the address allows them.
    pub fn passkeys(&self) -> Option<&Passkeys> {
        self.inner.passkeys.as_ref()
    }
    /// The door through which many tell the memory things at once.
    pub fn intake(&self) -> &Intake {
        &self.inner.intake
    }
    pub(crate) fn pace(&self) -> &Pace {
        &self.inner.pace
    }
    pub(crate) fn talk_pace(&self) -> &Pace {
        &self.inner.talk_pace
    }
    pub(crate) fn seen(&self) -> &Seen {
        &self.inner.seen
    }
    pub(crate) fn auditor(&self) -> &Ours {
        &self.inner.auditor
    }
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }
    /// Resolves when the server wants to stop.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stop = self.inner.stop.clone();
        async move {
            // A dropped sender means that whoever started us is gone, which is a stop too.
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }
    pub(crate) fn is_secure(&self) -> bool {
        self.inner.config.address.starts_with("https://")
    }
}
