//! What machines call: webhooks, the field client's protocol, and the REST API.

mod api;
mod field;
mod webhooks;

use axum::Router;
use services::Services;

pub fn routes() -> Router<Services> {
    Router::new().merge(webhooks::routes()).merge(field::routes()).merge(api::routes())
}
