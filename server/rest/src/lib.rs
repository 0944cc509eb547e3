//! What machines call: webhooks and the field client's protocol.

mod field;
mod webhooks;

use axum::Router;
use services::Services;

pub fn routes() -> Router<Services> {
    Router::new().merge(webhooks::routes()).merge(field::routes())
}
