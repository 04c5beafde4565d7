//! The desk with the sample company, for looking at pages: `cargo run -p web --example preview -- FOLDER PORT`.

use house::{House, Role, SampleStaff};
use model::World;
use store::{Location, Store};
use tokio::sync::watch;

const ROOMS: &[store::Room] = &[store::ROOM, house::ROOM, memory::ROOM];
/// Fragments taken in together.
const BATCH: usize = 500;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).init();
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder for the data")?;
    let port: u16 = arguments.next().unwrap_or_else(|| "8080".to_owned()).parse()?;
    let store = Store::open(Location::Folder(folder.into()), ROOMS, World::real()).await?;
    let house = House::new(store.clone());
    if !house.is_settled().await? {
        fill(&store, &house).await?;
    }
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        // Without a signal handler there is nothing to wait for; the process is simply killed then.
        let _ = tokio::signal::ctrl_c().await;
        stop.send(true)
    });
    let config = web::Config { address: format!("http://localhost:{port}"), behind_proxy: false };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://localhost:{port}, as nora@{} with “sample company”", demo::DOMAIN);
    Ok(web::serve(web::State::new(store, config, stopped), listener).await?)
}

async fn fill(store: &Store, house: &House) -> Outcome {
    let world = store.world().clone();
    let company = demo::company(world.now(), 7);
    let staff = company.staff.iter().map(|one| {
        let role: Role = one.role.parse()?;
        Ok::<_, String>(SampleStaff { id: one.id, name: one.name.clone(), email: one.email.clone(), role })
    });
    house.move_in(staff.collect::<Result<_, _>>()?, "sample company").await?;
    let accounts = company.accounts.clone();
    let makes = world.clone();
    let make = move |tx: &mut store::Write<'_>| {
        for a in &accounts {
            memory::accounts::make(tx, &makes, &a.name, &a.kind, &a.about, &a.fields)?;
        }
        Ok::<_, memory::MemoryError>(())
    };
    store.write(make).await?;
    for batch in company.fragments.chunks(BATCH) {
        let prepared: Vec<_> = batch.iter().cloned().map(memory::prepare).collect();
        let world = world.clone();
        store.write(move |tx| memory::take(tx, &world, &prepared)).await?;
    }
    Ok(())
}
