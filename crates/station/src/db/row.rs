//! Reading columns into the model's types, and writing many rows in one statement.

use std::str::FromStr;

use sqlx::Row;
use sqlx::any::AnyRow;
use terskel_model::Timestamp;

/// Columns by name, as the types of the model.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> sqlx::Result<String>;
    fn text_or_none(&self, column: &str) -> sqlx::Result<Option<String>>;
    fn int(&self, column: &str) -> sqlx::Result<i64>;
    fn int_or_none(&self, column: &str) -> sqlx::Result<Option<i64>>;
    fn bytes(&self, column: &str) -> sqlx::Result<Vec<u8>>;
    fn bytes_or_none(&self, column: &str) -> sqlx::Result<Option<Vec<u8>>>;
    fn time(&self, column: &str) -> sqlx::Result<Timestamp>;
    fn time_or_none(&self, column: &str) -> sqlx::Result<Option<Timestamp>>;
    fn id<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(&self, column: &str)
    -> sqlx::Result<T>;
    fn id_or_none<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        &self,
        column: &str,
    ) -> sqlx::Result<Option<T>>;
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> sqlx::Result<String> {
        self.try_get(column)
    }

    fn text_or_none(&self, column: &str) -> sqlx::Result<Option<String>> {
        self.try_get(column)
    }

    fn int(&self, column: &str) -> sqlx::Result<i64> {
        self.try_get(column)
    }

    fn int_or_none(&self, column: &str) -> sqlx::Result<Option<i64>> {
        self.try_get(column)
    }

    fn bytes(&self, column: &str) -> sqlx::Result<Vec<u8>> {
        self.try_get(column)
    }

    fn bytes_or_none(&self, column: &str) -> sqlx::Result<Option<Vec<u8>>> {
        self.try_get(column)
    }

    fn time(&self, column: &str) -> sqlx::Result<Timestamp> {
        timestamp(self.try_get(column)?, column)
    }

    fn time_or_none(&self, column: &str) -> sqlx::Result<Option<Timestamp>> {
        self.try_get::<Option<i64>, _>(column)?.map(|ms| timestamp(ms, column)).transpose()
    }

    fn id<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        &self,
        column: &str,
    ) -> sqlx::Result<T> {
        parse(&self.text(column)?, column)
    }

    fn id_or_none<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        &self,
        column: &str,
    ) -> sqlx::Result<Option<T>> {
        self.text_or_none(column)?.map(|text| parse(&text, column)).transpose()
    }
}

/// `($1, $2), ($3, $4)`: places for so many `rows` of so many `columns`.
pub(crate) fn in_brackets(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn parse<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: &str,
    column: &str,
) -> sqlx::Result<T> {
    text.parse()
        .map_err(|e: T::Err| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(e) })
}

fn timestamp(ms: i64, column: &str) -> sqlx::Result<Timestamp> {
    Timestamp::from_timestamp_millis(ms).ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: "a time out of range".into(),
    })
}
