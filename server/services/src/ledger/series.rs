//! Published series: reference rates, legal caps and index units, as others published them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::calendar::check_date;
use domain::money::Decimal;
use domain::text::Say;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;
use store::Tx;
use store::entities::series_values::{ActiveModel, Column, Entity, Model};

use crate::{FieldIssue, ServiceError, ServiceResult, Services};

/// Values to keep of one series.
#[derive(Clone, Debug)]
pub struct NewSeries {
    /// Its name for good, such as `TIIE28`: terms refer to it.
    pub code: String,
    /// One `date,value` a line (`2026-11-01,27.44`); a heading line and empty lines are skipped.
    pub lines: String,
    /// Where they were published.
    pub source: String,
    /// Put them in place of values that are kept already and differ.
    pub correct: bool,
}

/// What keeping values did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeriesKept {
    pub added: usize,
    pub corrected: usize,
    /// Kept before with the same value.
    pub known: usize,
}

/// A series in short.
#[derive(Clone, Debug)]
pub struct SeriesSummary {
    pub code: String,
    pub values: usize,
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
    pub last_value: String,
    pub source: Option<String>,
}

/// One published value.
#[derive(Clone, Debug)]
pub struct SeriesValue {
    pub on: NaiveDate,
    pub value: String,
    pub source: Option<String>,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: String,
}

/// More lines than this in one go are a file that is none of ours.
const MOST_LINES: usize = 20_000;
const LONGEST_CODE: usize = 40;
const LONGEST_SOURCE: usize = 200;

impl Services {
    /// Every series by code.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn series_list(&self, actor: &Actor) -> ServiceResult<Vec<SeriesSummary>> {
        actor.require(Permission::AccountRead)?;
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(actor.organization_id.0))
            .order_by_asc(Column::Code)
            .order_by_asc(Column::OnDate)
            .all(self.db.read())
            .await?;
        let mut list: Vec<SeriesSummary> = Vec::new();
        for row in rows {
            match list.last_mut().filter(|last| last.code == row.code) {
                Some(last) => {
                    last.values += 1;
                    last.last_on = row.on_date;
                    last.last_value = row.value;
                    last.source = row.source;
                }
                None => list.push(SeriesSummary {
                    code: row.code,
                    values: 1,
                    first_on: row.on_date,
                    last_on: row.on_date,
                    last_value: row.value,
                    source: row.source,
                }),
            }
        }
        Ok(list)
    }

    /// The values of one series, newest first.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn series_values(&self, actor: &Actor, code: &str) -> ServiceResult<Vec<SeriesValue>> {
        actor.require(Permission::AccountRead)?;
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(actor.organization_id.0))
            .filter(Column::Code.eq(code))
            .order_by_desc(Column::OnDate)
            .all(self.db.read())
            .await?;
        if rows.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let value = |Model { on_date, value, source, recorded_at, recorded_by, .. }| SeriesValue {
            on: on_date,
            value,
            source,
            recorded_at,
            recorded_by,
        };
        Ok(rows.into_iter().map(value).collect())
    }

    /// Keeps published values: all of them or none. A value that is kept already stays, unless it
    /// is to be corrected; the audit trail keeps the old one.
    ///
    /// # Errors
    /// `Denied`, `Invalid` with the line that is wrong, or the database.
    pub async fn add_series(&self, actor: &Actor, new: NewSeries) -> ServiceResult<SeriesKept> {
        actor.require(Permission::TermsWrite)?;
        let values = read(&new)?;
        let tx = self.begin().await?;
        let known: BTreeMap<NaiveDate, String> = Entity::find()
            .filter(Column::OrganizationId.eq(actor.organization_id.0))
            .filter(Column::Code.eq(new.code.as_str()))
            .all(&tx)
            .await?
            .into_iter()
            .map(|row| (row.on_date, row.value))
            .collect();
        let mut kept = SeriesKept::default();
        let mut corrections = Vec::new();
        for (on, value) in values {
            match known.get(&on) {
                None => {
                    self.insert_value(&tx, actor, &new, on, value).await?;
                    kept.added += 1;
                }
                Some(old) if same(old, &value) => kept.known += 1,
                Some(old) if new.correct => {
                    self.replace_value(&tx, actor, &new, on, value.clone()).await?;
                    corrections.push(json!({ "on": on, "was": old, "is": value }));
                    kept.corrected += 1;
                }
                Some(old) => return Err(differs(on, old, &value)),
            }
        }
        if kept.added + kept.corrected > 0 {
            let source: String = new.source.chars().take(LONGEST_SOURCE).collect();
            let details = json!({ "added": kept.added, "source": source, "corrected": corrections });
            self.audit(&tx, actor, "series.added", format!("series:{}", new.code), details).await?;
        }
        tx.commit().await?;
        Ok(kept)
    }

    fn row(&self, actor: &Actor, new: &NewSeries, on: NaiveDate, value: String) -> ActiveModel {
        ActiveModel {
            organization_id: Set(actor.organization_id.0),
            code: Set(new.code.clone()),
            on_date: Set(on),
            value: Set(value),
            source: Set(Some(new.source.trim().chars().take(LONGEST_SOURCE).collect())),
            recorded_at: Set(self.now()),
            recorded_by: Set(actor.audit_name()),
        }
    }

    async fn insert_value(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &NewSeries,
        on: NaiveDate,
        value: String,
    ) -> ServiceResult<()> {
        Entity::insert(self.row(actor, new, on, value)).exec_without_returning(tx).await?;
        Ok(())
    }

    async fn replace_value(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &NewSeries,
        on: NaiveDate,
        value: String,
    ) -> ServiceResult<()> {
        Entity::update(self.row(actor, new, on, value)).exec(tx).await?;
        Ok(())
    }
}

fn same(old: &str, new: &str) -> bool {
    match (old.parse::<Decimal>(), new.parse::<Decimal>()) {
        (Ok(old), Ok(new)) => old == new,
        _ => old == new,
    }
}

fn differs(on: NaiveDate, old: &str, new: &str) -> ServiceError {
    ServiceError::invalid(
        "lines",
        format!(
            "El {on} ya tiene el valor {old}, distinto de {new}. Marque «Corregir valores ya guardados» si el publicado es el nuevo."
        ),
        format!(
            "{on} has the value {old} already, other than {new}. Tick “Correct values kept before” if the new one is what was published."
        ),
    )
}

/// All lines, or everything that is wrong with code, source and the first bad line.
fn read(new: &NewSeries) -> ServiceResult<Vec<(NaiveDate, String)>> {
    let mut issues = Vec::new();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if new.code.is_empty() || new.code.len() > LONGEST_CODE || !new.code.chars().all(plain) {
        issues.push(issue(
            "code",
            "Escriba un código de hasta 40 letras sin acento, cifras, puntos o guiones, por ejemplo TIIE28",
            "Write a code of up to 40 plain letters, digits, dots or dashes, for example TIIE28",
        ));
    }
    if new.source.trim().is_empty() {
        issues.push(issue(
            "source",
            "Escriba dónde se publicó, por ejemplo: Banco de México, SIE SF43783",
            "Write where it was published, for example: Banco de México, SIE SF43783",
        ));
    }
    let values = lines(&new.lines).map_err(|issue| issues.push(issue)).unwrap_or_default();
    if issues.is_empty() { Ok(values) } else { Err(ServiceError::Invalid(issues)) }
}

fn issue(field: &'static str, es: impl Into<String>, en: impl Into<String>) -> FieldIssue {
    FieldIssue { field, says: Say::new(es, en) }
}

fn lines(text: &str) -> Result<Vec<(NaiveDate, String)>, FieldIssue> {
    let mut values = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let line = line.trim().trim_start_matches('\u{feff}');
        let heading = at == 0 && !line.starts_with(|c: char| c.is_ascii_digit());
        if line.is_empty() || heading {
            continue;
        }
        let (on, value) = value_line(line).ok_or_else(|| {
            let line: String = line.chars().take(40).collect();
            issue(
                "lines",
                format!("Línea {number}: «{line}». Escriba fecha y valor así: 2026-11-01,27.44"),
                format!("Line {number}: “{line}”. Write date and value like this: 2026-11-01,27.44"),
            )
        })?;
        if values.insert(on, value).is_some() {
            return Err(issue(
                "lines",
                format!("Línea {number}: el {on} está dos veces; deje un solo valor por fecha"),
                format!("Line {number}: {on} stands twice; leave one value a date"),
            ));
        }
        if values.len() > MOST_LINES {
            return Err(issue(
                "lines",
                format!("Hay más de {MOST_LINES} líneas; divida el archivo"),
                format!("There are more than {MOST_LINES} lines; split the file"),
            ));
        }
    }
    if values.is_empty() {
        return Err(issue(
            "lines",
            "Escriba al menos una línea con fecha y valor, por ejemplo 2026-11-01,27.44, o elija un archivo",
            "Write at least one line with date and value, for example 2026-11-01,27.44, or choose a file",
        ));
    }
    Ok(values.into_iter().collect())
}

/// `2026-11-01,27.44`; a semicolon or a tab may part them.
fn value_line(line: &str) -> Option<(NaiveDate, String)> {
    let (on, value) = line.split_once([',', ';', '\t'])?;
    let quoted = |text: &str| text.trim().trim_matches('"').to_owned();
    let on = NaiveDate::parse_from_str(&quoted(on), "%Y-%m-%d").ok()?;
    check_date(on).ok()?;
    let value = quoted(value);
    let number: Decimal = value.parse().ok()?;
    (!number.is_negative()).then_some((on, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_strictly() {
        let read = lines("fecha,valor\n2026-11-02,27.5\n\n2026-11-01;27.44\n").unwrap();
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(read, [(on("2026-11-01"), "27.44".to_owned()), (on("2026-11-02"), "27.5".to_owned())]);
        for bad in [
            "2026-11-01,27,44",
            "1/11/2026,3",
            "2026-11-01,-1",
            "2026-11-01,1\n2026-11-01,2",
            "",
            "9999-13-01,1",
        ] {
            assert!(lines(bad).is_err(), "{bad:?}");
        }
        assert!(lines("2026-11-01,1\nx").unwrap_err().says.en.starts_with("Line 2"));
    }
}
