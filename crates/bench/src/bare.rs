//! The bare peers of appending: one connection, prepared statements, rows worked out beforehand, the same statements
//! with the same durability, nothing else: no ids to resolve, no duplicates to look for, nobody to answer.

use anyhow::Result;
use futures_util::future::{join_all, try_join_all};
use store::{Engine, Location};
use tokio_postgres::{Statement, types::ToSql};

use crate::{place, rows::Row, sql};

/// A bare connection, ready to write.
pub enum Bare {
    /// SQLite, with its statements' texts.
    Sqlite(rusqlite::Connection, Vec<String>),
    /// PostgreSQL, with its statements prepared.
    Postgres(tokio_postgres::Client, Vec<Statement>),
}

impl Bare {
    /// Connects.
    pub async fn open(engine: Engine, location: &Location) -> Result<Self> {
        if engine == Engine::Sqlite {
            let texts = [sql::MOMENT, sql::DIRECTORY, sql::WORDS_SQLITE, sql::MET, sql::MET_BY_CHANNEL];
            // `$2` is a name to SQLite, numbered by first appearance; `?2` is the second.
            let numbered = texts.iter().map(|text| text.replace('$', "?")).collect();
            return Ok(Self::Sqlite(place::sqlite(location)?, numbered));
        }
        let client = place::postgres(location).await?;
        let texts = [
            sql::MOMENT,
            sql::DIRECTORY,
            sql::WORDS_POSTGRES,
            sql::MET,
            sql::MET_BY_CHANNEL,
            "begin",
            "commit",
        ];
        let statements = try_join_all(texts.iter().map(|text| client.prepare(text))).await?;
        Ok(Self::Postgres(client, statements))
    }

    /// Writes rows, so many in each commit.
    pub async fn write(&mut self, rows: &[Row], together: usize) -> Result<()> {
        for group in rows.chunks(together) {
            match self {
                Self::Sqlite(db, texts) => sqlite(db, texts, group)?,
                Self::Postgres(client, statements) => postgres(client, statements, group).await?,
            }
        }
        Ok(())
    }

    /// The sums by which two databases are compared.
    pub async fn tallies(&self) -> Result<Vec<i64>> {
        let mut found = Vec::new();
        for text in sql::TALLIES {
            found.push(match self {
                Self::Sqlite(db, _) => db.query_row(text, [], |row| row.get(0))?,
                Self::Postgres(client, _) => client.query_one(*text, &[]).await?.get(0),
            });
        }
        found.push(match self {
            Self::Sqlite(db, _) => db.query_row(sql::FOUND_SQLITE, [], |row| row.get(0))?,
            Self::Postgres(client, _) => client.query_one(sql::FOUND_POSTGRES, &[]).await?.get(0),
        });
        Ok(found)
    }
}

fn sqlite(db: &mut rusqlite::Connection, texts: &[String], group: &[Row]) -> Result<()> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut moment = tx.prepare_cached(&texts[0])?;
        let mut directory = tx.prepare_cached(&texts[1])?;
        let mut words = tx.prepare_cached(&texts[2])?;
        let mut met = tx.prepare_cached(&texts[3])?;
        let mut channel = tx.prepare_cached(&texts[4])?;
        for row in group {
            let (m, at) = (&row.moment, row.moment.at.micros());
            let (person, id) = (row.person.as_bytes(), row.id.as_bytes());
            moment.execute(rusqlite::params![
                person,
                at,
                id,
                row.profile.as_bytes(),
                row.recorded_at,
                m.kind.as_str(),
                m.channel.as_str(),
                m.direction.as_str(),
                m.thread,
                m.title,
                m.body,
                row.data
            ])?;
            directory.execute(rusqlite::params![id, person, at, row.doc])?;
            words.execute(rusqlite::params![row.doc, row.words])?;
            let [heard, said, waits] = row.turns;
            met.execute(rusqlite::params![person, 1, row.heard(), at, at, heard, said, waits])?;
            channel.execute(rusqlite::params![person, m.channel.as_str(), at, 1])?;
        }
    }
    Ok(tx.commit()?)
}

/// All statements of a group are sent at once, one behind the other, and their answers awaited together: the quickest
/// that single statements go over one connection.
async fn postgres(client: &tokio_postgres::Client, statements: &[Statement], group: &[Row]) -> Result<()> {
    let [moment, directory, words, met, channel, begin, commit] = statements else {
        anyhow::bail!("statements are missing");
    };
    let values: Vec<(i64, &str, &str, &str, i64)> = group
        .iter()
        .map(|row| {
            let m = &row.moment;
            (m.at.micros(), m.kind.as_str(), m.channel.as_str(), m.direction.as_str(), row.heard())
        })
        .collect();
    let mut calls: Vec<(&Statement, Vec<&(dyn ToSql + Sync)>)> = vec![(begin, Vec::new())];
    for (row, (at, kind, by, direction, heard)) in group.iter().zip(&values) {
        let (m, whose, id) = (&row.moment, &row.person, &row.id);
        let (profile, told) = (&row.profile, &row.recorded_at);
        calls.push((
            moment,
            vec![whose, at, id, profile, told, kind, by, direction, &m.thread, &m.title, &m.body, &row.data],
        ));
        calls.push((directory, vec![id, whose, at, &row.doc]));
        calls.push((words, vec![&row.doc, &row.words]));
        let [spoke, said, waits] = &row.turns;
        calls.push((met, vec![whose, &1i64, heard, at, at, spoke, said, waits]));
        calls.push((channel, vec![whose, by, at, &1i64]));
    }
    calls.push((commit, Vec::new()));
    let sent = calls.into_iter().map(|(statement, values)| client.execute_raw(statement, values));
    join_all(sent).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(())
}
