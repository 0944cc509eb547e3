//! Texts of messages stand beside journeys, in versions that somebody approves. Journeys say from
//! where their days are counted; e-mails that stood in them become templates.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, string, string_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use serde_json::{Value, json};

use crate::entities::{journeys, message_templates};
use crate::templates::status;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("message_templates")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(integer("version"))
                    .col(string("name"))
                    .col(text("texts"))
                    .col(string("status"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(string("created_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(string_null("decided_by"))
                    .primary_key(Index::create().col("organization_id").col("id").col("version"))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        let old = journeys::Entity::find().filter(journeys::Column::Steps.starts_with("[")).all(db).await?;
        for row in old {
            let steps: Value = serde_json::from_str(&row.steps).map_err(|e| DbErr::Custom(e.to_string()))?;
            let (steps, templates) = converted(&row, steps);
            for template in templates {
                message_templates::Entity::insert(template.into_active_model().reset_all())
                    .exec_without_returning(db)
                    .await?;
            }
            let mut change = row.into_active_model();
            change.steps = Set(json!({ "counts_from": "entry", "steps": steps }).to_string());
            change.update(db).await?;
        }
        Ok(())
    }
}

/// The steps with their texts taken out. The text named the debt, so that it stays for addresses
/// that are proven; others get one that names nothing.
fn converted(row: &journeys::Model, mut steps: Value) -> (Value, Vec<message_templates::Model>) {
    let mut templates = Vec::new();
    for (number, step) in (1_u128..).zip(steps.as_array_mut().into_iter().flatten()) {
        let Some(email) = step.pointer("/act/email").cloned() else { continue };
        let version = u128::try_from(row.version).unwrap_or(0);
        let id = uuid::Uuid::from_u128(row.id.as_u128() ^ (version << 8) ^ number);
        let neutral = "Hola {{ name }}:\n\n{{ agency }} tiene información para usted. Entre aquí para verla: {{ link }}";
        let wording = json!({
            "subject": "Información para usted",
            "body": neutral,
            "detailed": email.get("body"),
            "short": "{{ agency }} tiene información para usted: {{ link }}",
        });
        templates.push(message_templates::Model {
            organization_id: row.organization_id,
            id,
            version: 1,
            name: format!("{} {number}", row.name),
            texts: json!({ "languages": { "es": wording } }).to_string(),
            status: status::APPROVED.to_owned(),
            created_at: row.created_at,
            created_by: row.created_by.clone(),
            decided_at: Some(row.created_at),
            decided_by: Some(row.created_by.clone()),
        });
        if let Some(act) = step.get_mut("act") {
            *act = json!({ "message": { "template": id, "channels": ["email"] } });
        }
    }
    (steps, templates)
}

#[cfg(test)]
mod tests {
    use domain::strategy::{Journey, Texts};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_a_journey_said_stays_as_a_template() {
        let email = json!({ "email": { "subject": "Su cuenta", "body": "Debe {{ amount }}" } });
        let old = json!([{ "day": 0, "act": email }, { "day": 3, "act": "call" }]);
        let row = journeys::Model {
            organization_id: Uuid::nil(),
            id: Uuid::from_u128(7 << 64),
            version: 2,
            name: "Aviso".to_owned(),
            segment_id: Uuid::nil(),
            segment_version: 1,
            steps: old.to_string(),
            running: true,
            created_at: chrono::DateTime::UNIX_EPOCH,
            created_by: "x".to_owned(),
        };
        let (steps, templates) = converted(&row, old);
        let kept = json!({ "counts_from": "entry", "steps": steps });
        let journey: Journey = serde_json::from_value(kept).unwrap();
        assert_eq!(journey.steps.len(), 2);
        assert_eq!(journey.steps[0].act.letter().unwrap().template.0, templates[0].id);
        let texts: Texts = serde_json::from_str(&templates[0].texts).unwrap();
        assert_eq!(texts.wording("en").unwrap().1.detailed.as_deref(), Some("Debe {{ amount }}"));
    }
}
