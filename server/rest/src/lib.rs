//! What machines call: webhooks, the field client's protocol, and the REST API.

mod api;
mod channels;
mod field;
mod webhooks;

use axum::Router;
use services::Services;

pub use channels::routes as channel_routes;

pub fn routes() -> Router<Services> {
    Router::new().merge(webhooks::routes()).merge(field::routes()).merge(api::routes())
}
