//! Many rows in few statements: how files become tables.
//!
//! Rows go in as they are, without an entity in between: SQLite gets `VALUES` lists of three
//! lengths, so that its prepared statements are reused; PostgreSQL gets one array a column.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sea_orm::sea_query::{ArrayType, Value};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::{StoreError, StoreResult, Tx};

/// Rows a statement on SQLite.
const LENGTHS: [usize; 3] = [128, 16, 1];

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Uuid(Uuid),
    Text(String),
    /// Any whole number column.
    Int(i64),
    Double(f64),
    Date(NaiveDate),
    Bool(bool),
    Time(DateTime<Utc>),
}

impl Cell {
    /// The text of something that may be missing.
    pub fn text(value: Option<&str>) -> Self {
        value.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }

    pub fn int(value: Option<i32>) -> Self {
        value.map_or(Self::Null, |number| Self::Int(i64::from(number)))
    }

    pub fn double(value: Option<f64>) -> Self {
        value.map_or(Self::Null, Self::Double)
    }

    pub fn date(value: Option<NaiveDate>) -> Self {
        value.map_or(Self::Null, Self::Date)
    }

    pub fn uuid(value: Option<Uuid>) -> Self {
        value.map_or(Self::Null, Self::Uuid)
    }

    /// SQL text, for values that are the same in all rows.
    fn literal(&self, backend: DbBackend) -> String {
        let postgres = backend == DbBackend::Postgres;
        let typed = |text: &str, kind: &str| {
            if postgres { format!("'{text}'::{kind}") } else { format!("'{text}'") }
        };
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Uuid(id) if postgres => format!("'{id}'::uuid"),
            Self::Uuid(id) => format!("x'{}'", id.simple()),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''").replace('\0', "")),
            Self::Int(number) => number.to_string(),
            Self::Double(number) => format!("{number:?}"),
            Self::Date(date) => typed(&iso(*date), "date"),
            Self::Bool(truth) if postgres => truth.to_string(),
            Self::Bool(truth) => u8::from(*truth).to_string(),
            Self::Time(at) => typed(&at.to_rfc3339_opts(SecondsFormat::AutoSi, false), "timestamptz"),
        }
    }

    /// As the entities bind it, so that both ways of writing meet in the same bytes.
    fn sqlite(self) -> Value {
        match self {
            Self::Null => Value::String(None),
            Self::Uuid(id) => Value::Uuid(Some(id)),
            Self::Text(text) => Value::String(Some(text)),
            Self::Int(number) => Value::BigInt(Some(number)),
            Self::Double(number) => Value::Double(Some(number)),
            Self::Date(date) => Value::String(Some(iso(date))),
            Self::Bool(truth) => Value::Bool(Some(truth)),
            Self::Time(at) => Value::ChronoDateTimeUtc(Some(at)),
        }
    }

    /// Short enough to stand in every row of a statement.
    fn is_short(&self) -> bool {
        !matches!(self, Self::Text(text) if text.len() > 16)
    }

    const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Null => return None,
            Self::Uuid(_) => Kind::Uuid,
            Self::Text(_) => Kind::Text,
            Self::Int(_) => Kind::Int,
            Self::Double(_) => Kind::Double,
            Self::Date(_) => Kind::Date,
            Self::Bool(_) => Kind::Bool,
            Self::Time(_) => Kind::Time,
        })
    }

    /// Plain text for PostgreSQL to read back; nothing for null.
    fn plain(self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Uuid(id) => id.to_string(),
            Self::Text(text) => text,
            Self::Int(number) => number.to_string(),
            Self::Double(number) => format!("{number:?}"),
            Self::Date(date) => iso(date),
            Self::Bool(truth) => truth.to_string(),
            Self::Time(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, false),
        }
    }
}

fn iso(date: NaiveDate) -> String {
    use chrono::Datelike;
    let mut text = String::with_capacity(10);
    // Writing into a String cannot fail.
    let _ = write!(text, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    text
}

/// What a column holds, as PostgreSQL calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Uuid,
    Text,
    Int,
    Double,
    Date,
    Bool,
    Time,
}

impl Kind {
    const fn array(self) -> (&'static str, ArrayType) {
        match self {
            Self::Uuid => ("uuid", ArrayType::Uuid),
            Self::Text => ("text", ArrayType::String),
            Self::Int => ("bigint", ArrayType::BigInt),
            Self::Double => ("double precision", ArrayType::Double),
            Self::Date => ("date", ArrayType::ChronoDate),
            Self::Bool => ("boolean", ArrayType::Bool),
            Self::Time => ("timestamptz", ArrayType::ChronoDateTimeUtc),
        }
    }
}

/// From so many rows on, a value that all of them share is said once. Fewer might share a value
/// by chance, and every chance would make a statement of its own.
const SAME_FROM: usize = 128;

/// A statement's fixed parts.
struct Plan {
    /// Table and columns.
    head: String,
    /// The values said once, each with a comma after it.
    literals: String,
    /// The columns that are bound, and what they hold.
    bound: Vec<Option<Kind>>,
}

/// Rows for one table, gathered until they are saved. Values that all rows share are said once.
#[derive(Clone, Debug)]
pub struct Rows {
    table: &'static str,
    shared: Vec<(&'static str, Cell)>,
    columns: &'static [&'static str],
    /// Row after row.
    cells: Vec<Cell>,
    /// Columns that hold anything; the others are left out.
    used: Vec<Option<Kind>>,
    /// Columns that say the same in every row so far.
    same: Vec<bool>,
    skip_known: bool,
}

impl Rows {
    pub fn new(
        table: &'static str,
        shared: Vec<(&'static str, Cell)>,
        columns: &'static [&'static str],
    ) -> Self {
        let (used, same) = (vec![None; columns.len()], vec![true; columns.len()]);
        Self { table, shared, columns, cells: Vec::new(), used, same, skip_known: false }
    }

    /// Leaves out rows whose key is there already.
    #[must_use]
    pub fn skipping_known(self) -> Self {
        Self { skip_known: true, ..self }
    }

    /// Adds a row: a value for each column, in their order.
    pub fn push<const N: usize>(&mut self, row: [Cell; N]) {
        debug_assert_eq!(N, self.columns.len(), "a value for each column of {}", self.table);
        for (used, cell) in self.used.iter_mut().zip(&row) {
            if used.is_none() {
                *used = cell.kind();
            }
        }
        for ((same, first), cell) in self.same.iter_mut().zip(&self.cells).zip(&row) {
            *same = *same && first == cell;
        }
        self.cells.extend(row);
    }

    pub fn len(&self) -> usize {
        self.cells.len() / self.columns.len().max(1)
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Writes the rows and forgets them.
    ///
    /// # Errors
    /// A key that is there already, or the database fails.
    pub async fn save(&mut self, tx: &Tx) -> StoreResult<()> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let backend = tx.get_database_backend();
        let plan = self.plan(backend);
        let cells = std::mem::take(&mut self.cells);
        self.used.fill(None);
        self.same.fill(true);
        if backend == DbBackend::Postgres {
            self.save_arrays(tx, cells, &plan).await
        } else {
            self.save_lists(tx, cells, &plan).await
        }
    }

    /// What a statement says once, and which columns it binds.
    fn plan(&self, backend: DbBackend) -> Plan {
        let mut names: Vec<&str> = self.shared.iter().map(|(name, _)| *name).collect();
        let mut literals =
            self.shared.iter().fold(String::new(), |text, (_, cell)| text + &cell.literal(backend) + ", ");
        let mut bound = self.used.clone();
        if self.len() >= SAME_FROM {
            for (((name, bound), same), first) in
                self.columns.iter().zip(&mut bound).zip(&self.same).zip(&self.cells)
            {
                if *same && bound.is_some() && first.is_short() {
                    *bound = None;
                    names.push(name);
                    literals = literals + &first.literal(backend) + ", ";
                }
            }
        }
        let own = self.columns.iter().zip(&bound).filter(|(_, kind)| kind.is_some()).map(|(name, _)| *name);
        names.extend(own);
        Plan { head: format!("{} ({})", self.table, names.join(", ")), literals, bound }
    }

    async fn save_lists(&self, tx: &Tx, cells: Vec<Cell>, plan: &Plan) -> StoreResult<()> {
        let used = plan.bound.as_slice();
        let wanted = used.iter().filter(|kind| kind.is_some()).count();
        // FAIL instead of ABORT: the caller gives up the whole transaction anyway, and SQLite need
        // not remember how each page was before the statement.
        let verb = if self.skip_known { "INSERT OR IGNORE INTO" } else { "INSERT OR FAIL INTO" };
        let head = format!("{verb} {} VALUES ", plan.head);
        let marks = vec!["?"; wanted].join(", ");
        let row = format!("({}{marks})", plan.literals);
        let mut left = cells.len() / self.columns.len().max(1);
        let mut values = cells
            .into_iter()
            .zip(used.iter().cycle())
            .filter_map(|(cell, kind)| kind.is_some().then(|| cell.sqlite()));
        for length in LENGTHS {
            if left < length {
                continue;
            }
            let sql = head.clone() + &vec![row.as_str(); length].join(", ");
            while left >= length {
                let bound: Vec<Value> = values.by_ref().take(length * wanted).collect();
                let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql.as_str(), bound);
                tx.execute_raw(statement).await?;
                left -= length;
            }
        }
        Ok(())
    }

    async fn save_arrays(&self, tx: &Tx, cells: Vec<Cell>, plan: &Plan) -> StoreResult<()> {
        let used = plan.bound.as_slice();
        let rows = cells.len() / self.columns.len().max(1);
        let mut columns: Vec<Vec<Cell>> = used.iter().map(|_| Vec::with_capacity(rows)).collect();
        let mut cells = cells.into_iter();
        for _ in 0..rows {
            for (column, cell) in columns.iter_mut().zip(cells.by_ref()) {
                column.push(cell);
            }
        }
        let (mut bound, mut arrays, mut aliases, mut selected) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (cells, kind) in columns.into_iter().zip(used) {
            let Some(kind) = kind else { continue };
            let number = bound.len() + 1;
            let (name, array_type) = kind.array();
            // An array element of ours is never null: what may be missing travels as text, whose
            // empty value no column of ours has.
            let gaps = cells.contains(&Cell::Null);
            let (sent, array_type) = if gaps { ("text", ArrayType::String) } else { (name, array_type) };
            arrays.push(format!("${number}::{sent}[]"));
            aliases.push(format!("c{number}"));
            selected.push(if gaps { format!("NULLIF(c{number}, '')::{name}") } else { format!("c{number}") });
            let values = cells
                .into_iter()
                .map(|cell| if gaps { Some(text_value(cell)) } else { array_value(cell, *kind) });
            let values = values.collect::<Option<Vec<_>>>().ok_or_else(|| self.mixed(number))?;
            bound.push(Value::Array(array_type, Some(Box::new(values))));
        }
        let end = if self.skip_known { " ON CONFLICT DO NOTHING" } else { "" };
        let sql = format!(
            "INSERT INTO {} SELECT {}{} FROM UNNEST({}) AS u({}){end}",
            plan.head,
            plan.literals,
            selected.join(", "),
            arrays.join(", "),
            aliases.join(", "),
        );
        tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, bound)).await?;
        Ok(())
    }

    fn mixed(&self, number: usize) -> StoreError {
        StoreError::bad_row(self.table, number)("a column with values of two kinds")
    }
}

/// Lets SQLite hold more of the trees that a large import grows, until [`usual_room`].
///
/// # Errors
/// The database fails.
pub async fn more_room(tx: &Tx) -> StoreResult<()> {
    room(tx, 88 * 1024).await
}

/// Back to what every connection has.
///
/// # Errors
/// The database fails.
pub async fn usual_room(tx: &Tx) -> StoreResult<()> {
    room(tx, 64 * 1024).await
}

async fn room(tx: &Tx, kilobytes: u32) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        tx.execute_unprepared(&format!("PRAGMA cache_size = -{kilobytes}")).await?;
    }
    Ok(())
}

fn text_value(cell: Cell) -> Value {
    // PostgreSQL has no text with a zero byte in it.
    Value::String(Some(cell.plain()))
}

/// The element of an array; nothing when the cell is of another kind than its column.
fn array_value(cell: Cell, kind: Kind) -> Option<Value> {
    (cell.kind() == Some(kind)).then(|| match cell {
        Cell::Date(date) => Value::ChronoDate(Some(date)),
        other => other.sqlite(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cannot_break_out() {
        let text = Cell::Text("O'Higgins\0".to_owned());
        assert_eq!(text.literal(DbBackend::Sqlite), "'O''Higgins'");
        let id = Cell::Uuid(Uuid::from_u128(0x0102));
        assert_eq!(id.literal(DbBackend::Sqlite), "x'00000000000000000000000000000102'");
        assert_eq!(id.literal(DbBackend::Postgres), "'00000000-0000-0000-0000-000000000102'::uuid");
        assert_eq!(Cell::Bool(true).literal(DbBackend::Sqlite), "1");
    }

    #[test]
    fn dates_are_written_as_the_entities_write_them() {
        let date = NaiveDate::from_ymd_opt(987, 1, 2).unwrap();
        assert_eq!(iso(date), date.format("%F").to_string());
        assert_eq!(iso(NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()), "2026-11-30");
    }
}
