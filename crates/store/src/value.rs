//! Values on their way in and out, the same for both engines.

use std::{borrow::Cow, collections::BTreeSet, error::Error, str::FromStr};

use bytes::{BufMut, BytesMut};
use model::{Id, Time};
use postgres_types::{IsNull, ToSql, Type};
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{Result, StoreError};

/// One parameter of a statement. Write `params![a, b]`, or collect values for lists of unknown length.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A whole number, a time.
    Int(i64),
    /// A fraction.
    Real(f64),
    /// Yes or no.
    Bool(bool),
    /// Text without NUL, which PostgreSQL cannot hold. In a column of words to be searched (`tsvector`), the words.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// An id.
    Uuid(Uuid),
}

/// The parameters of a statement, in order.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::ToValue::value(&$value)),*] };
}

impl Value<'_> {
    /// The same value, borrowing from nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Int(i) => Value::Int(i),
            Self::Real(r) => Value::Real(r),
            Self::Bool(b) => Value::Bool(b),
            Self::Text(t) => Value::Text(t.into_owned().into()),
            Self::Bytes(b) => Value::Bytes(b.into_owned().into()),
            Self::Uuid(u) => Value::Uuid(u),
        }
    }
}

/// What can be a parameter.
pub trait ToValue {
    /// As the engines take it.
    fn value(&self) -> Value<'_>;
}

impl ToValue for str {
    fn value(&self) -> Value<'_> {
        match self.contains('\0') {
            true => Value::Text(self.replace('\0', "\u{fffd}").into()),
            false => Value::Text(self.into()),
        }
    }
}
impl ToValue for String {
    fn value(&self) -> Value<'_> {
        self.as_str().value()
    }
}
impl ToValue for [u8] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self.into())
    }
}
impl ToValue for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self.as_slice().into())
    }
}
impl<K> ToValue for Id<K> {
    fn value(&self) -> Value<'_> {
        Value::Uuid(self.uuid())
    }
}
impl ToValue for Uuid {
    fn value(&self) -> Value<'_> {
        Value::Uuid(*self)
    }
}
impl ToValue for Time {
    fn value(&self) -> Value<'_> {
        Value::Int(self.micros())
    }
}
impl ToValue for i64 {
    fn value(&self) -> Value<'_> {
        Value::Int(*self)
    }
}
impl ToValue for f64 {
    fn value(&self) -> Value<'_> {
        Value::Real(*self)
    }
}
impl ToValue for bool {
    fn value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}
impl ToValue for Value<'_> {
    fn value(&self) -> Value<'_> {
        self.clone()
    }
}
impl<T: ToValue> ToValue for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::value)
    }
}
impl<T: ToValue + ?Sized> ToValue for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(i) => ValueRef::Integer(*i),
            Self::Real(r) => ValueRef::Real(*r),
            Self::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Self::Text(t) => ValueRef::Text(t.as_bytes()),
            Self::Bytes(b) => ValueRef::Blob(b),
            Self::Uuid(u) => ValueRef::Blob(u.as_bytes()),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(i) if *ty == Type::INT4 => i32::try_from(*i)?.to_sql(ty, out),
            Self::Int(i) => i.to_sql_checked(ty, out),
            Self::Real(r) => r.to_sql_checked(ty, out),
            Self::Bool(b) => b.to_sql_checked(ty, out),
            Self::Text(t) if *ty == Type::TS_VECTOR => write_words(t, out),
            Self::Text(t) => t.as_ref().to_sql_checked(ty, out),
            Self::Bytes(b) => b.as_ref().to_sql_checked(ty, out),
            Self::Uuid(u) => u.to_sql_checked(ty, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    postgres_types::to_sql_checked!();
}

/// Words parted by spaces as a `tsvector` of just these, without positions, as `tsvectorrecv` reads it.
fn write_words(text: &str, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    let words: BTreeSet<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    out.put_i32(words.len().try_into()?);
    for word in words {
        out.put_slice(word.as_bytes());
        out.put_slice(&[0, 0, 0]);
    }
    Ok(IsNull::No)
}

/// One row of an answer, from either engine.
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of a column, counted from 0.
    pub fn get<T: Col>(&self, column: usize) -> Result<T> {
        T::read(self, column)
    }
    /// A column that holds a name of one of our enums or the like.
    pub fn parse<T>(&self, column: usize) -> Result<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let text: String = self.get(column)?;
        text.parse().map_err(|e: T::Err| StoreError::Column { column, why: e.to_string() })
    }
    /// A column that holds JSON.
    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T> {
        let wrong = |e: serde_json::Error| StoreError::Column { column, why: e.to_string() };
        // Where the text lies in memory already it is not copied first.
        if let Row::Sqlite(row) = self
            && let Ok(rusqlite::types::ValueRef::Text(text)) = row.get_ref(column)
        {
            return serde_json::from_slice(text).map_err(wrong);
        }
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(wrong)
    }

    fn sqlite_or<T>(
        &self,
        column: usize,
        sqlite: impl FnOnce(ValueRef<'_>) -> Option<T>,
        postgres: impl FnOnce(&tokio_postgres::Row) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let wrong = |why: String| StoreError::Column { column, why };
        match self {
            Row::Sqlite(row) => {
                let value = row.get_ref(column).map_err(|e| wrong(e.to_string()))?;
                sqlite(value).ok_or_else(|| wrong(format!("a {}", value.data_type())))
            }
            Row::Postgres(row) => postgres(row).map_err(|e| wrong(e.to_string())),
        }
    }
}

/// What a column can be read as.
pub trait Col: Sized {
    /// Reads a column of a row.
    fn read(row: &Row<'_>, column: usize) -> Result<Self>;
}

/// A column type whose two engines' readings stand side by side.
macro_rules! col {
    ($type:ty, $sqlite:expr) => {
        impl Col for $type {
            fn read(row: &Row<'_>, column: usize) -> Result<Self> {
                row.sqlite_or(column, $sqlite, |row| row.try_get(column))
            }
        }
    };
}
col!(i64, |v| v.as_i64().ok());
col!(f64, |v| v.as_f64().ok().or_else(|| v.as_i64().ok().map(|i| i as f64)));
col!(bool, |v| v.as_i64().ok().map(|i| i != 0));
col!(String, |v| v.as_str().ok().map(str::to_owned));
col!(Vec<u8>, |v| v.as_blob().ok().map(<[u8]>::to_vec));
col!(Uuid, |v| v.as_blob().ok().and_then(|b| Uuid::from_slice(b).ok()));

impl<K> Col for Id<K> {
    fn read(row: &Row<'_>, column: usize) -> Result<Self> {
        Uuid::read(row, column).map(Id::from_uuid)
    }
}
impl Col for Time {
    fn read(row: &Row<'_>, column: usize) -> Result<Self> {
        i64::read(row, column).map(Time::from_micros)
    }
}
impl<T: Col> Col for Option<T> {
    fn read(row: &Row<'_>, column: usize) -> Result<Self> {
        let null = match row {
            Row::Sqlite(row) => matches!(row.get_ref(column), Ok(ValueRef::Null)),
            Row::Postgres(row) => row.try_get::<_, Present>(column).is_ok_and(|p| !p.0),
        };
        if null { Ok(None) } else { T::read(row, column).map(Some) }
    }
}

/// Whether a PostgreSQL column of any type holds something.
struct Present(bool);

impl<'a> postgres_types::FromSql<'a> for Present {
    fn from_sql(_: &Type, _: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(true))
    }
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(false))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}
