//! Structured logs on stderr; `RUST_LOG` filters them. JSON in production.

use services::Mode;
use tracing_subscriber::EnvFilter;

pub fn init(mode: Mode) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let result = match mode {
        Mode::Production => logs.json().flatten_event(true).try_init(),
        Mode::Demo => logs.compact().try_init(),
    };
    // A second initialisation changes nothing, which is what is wanted.
    drop(result);
}
