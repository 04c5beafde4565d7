//! Filling an empty house with a sample company.

mod acts;
mod outreach;

use house::{Colleague, House, Settings};
use memory::{accounts, prepare, take};
use model::World;
use store::Store;

use crate::progress;

/// The year of the sample company is always the same one.
const SEED: u64 = 7;
/// Fragments kept in one transaction.
const BATCH: usize = 500;

/// Which company.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sample {
    /// Lantern Row, a small coffee roaster: mails, talks, promises, purchases.
    Coffee,
    /// CDNOW, an online music shop: purchases, and nothing else.
    Cdnow,
}

/// Fills the house, unless somebody works or is known there already.
pub async fn fill(store: &Store, sample: Sample) -> anyhow::Result<()> {
    if store.read(memory::people::count).await? > 0 {
        return Ok(());
    }
    let world: World = store.world().clone();
    let company = match sample {
        Sample::Coffee => demo::company(world.now(), SEED),
        Sample::Cdnow => demo::cdnow(world.now()),
    };
    let colleagues = company
        .staff
        .iter()
        .map(|s| Colleague { id: s.id, name: s.name.clone(), email: s.email.clone() })
        .collect();
    let settings = Settings {
        organisation: company.name.clone(),
        own_domains: company.own_domains.clone(),
        country: company.country.clone(),
        currency: company.currency.clone(),
        ..Settings::default()
    };
    if !House::new(store.clone()).furnish(colleagues, settings).await? {
        return Ok(());
    }
    println!("Filling the sample company {} …", company.name);
    let known = company.accounts;
    let made = world.clone();
    store
        .write(move |tx| {
            for account in &known {
                accounts::make(tx, &made, &account.name, &account.kind, &account.about, &account.fields)?;
            }
            Ok::<_, memory::MemoryError>(())
        })
        .await?;
    let bar = progress::bar(None);
    for (n, batch) in company.fragments.chunks(BATCH).enumerate() {
        bar.set_message(progress::count((n * BATCH) as u64, "person", "people"));
        let (world, batch): (World, Vec<_>) = (world.clone(), batch.iter().cloned().map(prepare).collect());
        store.write(move |tx| take(tx, &world, &batch).map(|_| ())).await?;
    }
    bar.finish_and_clear();
    if sample == Sample::Coffee {
        acts::act(store, &company.currency).await?;
        if let Some(domain) = company.own_domains.first() {
            outreach::fill(store, &company.name, domain).await?;
        }
    }
    insight::reckoning::reckon(store, |_| {}).await?;
    delivery::importing::look_for_namesakes(store, &world).await?;
    Ok(())
}
