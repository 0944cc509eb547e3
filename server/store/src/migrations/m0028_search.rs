//! Search terms in one tree: an import writes millions of them, and nothing asks for a party's.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// SQLite keeps a table with a primary key twice, unless it is told not to.
const ONE_TREE: &str = "
    CREATE TABLE search_terms_new (
        organization_id uuid_text NOT NULL, term varchar NOT NULL, party_id uuid_text NOT NULL,
        PRIMARY KEY (organization_id, term, party_id)
    ) WITHOUT ROWID;
    INSERT INTO search_terms_new SELECT organization_id, term, party_id FROM search_terms ORDER BY 1, 2, 3;
    DROP TABLE search_terms;
    ALTER TABLE search_terms_new RENAME TO search_terms;";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let sql = if manager.get_database_backend() == DbBackend::Sqlite {
            ONE_TREE
        } else {
            "DROP INDEX search_terms__organization_id__party_id"
        };
        db.execute_unprepared(sql).await?;
        Ok(())
    }
}
