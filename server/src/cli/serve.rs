//! `saldar serve`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use services::Mode;

use crate::config::Config;
use crate::start::{self, Product};
use crate::{http, workers};

pub async fn serve(config: Config) -> Result<ExitCode> {
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let Product { services, sandbox, channels, receivers } = start::product(&config).await?;
    let listener = tokio::net::TcpListener::bind(config.addr).await.with_context(|| {
        format!("cannot listen on {}; is another server running there? Set SALDAR_ADDR", config.addr)
    })?;
    tokio::spawn(workers::gateway_events(services.clone()));
    tokio::spawn(workers::gateways(services.clone()));
    if config.jobs.unwrap_or(services.mode == Mode::Production) {
        tokio::spawn(workers::daily(services.clone()));
    }
    if !channels.is_empty() {
        tokio::spawn(workers::messages(services.clone(), channels));
    }
    tokio::spawn(workers::channel_reports(services.clone()));
    if let Some(sandbox) = sandbox.clone() {
        tokio::spawn(async move { sandbox.run().await });
    }
    let router = http::router(
        services.clone(),
        sandbox.as_ref(),
        &receivers,
        &config.site,
        metrics,
        &config.trusted_proxies,
    );
    greet(&config, services.mode);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop_signal()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C, or SIGTERM from whoever runs us.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    drop(interrupt.await);
}

fn greet(config: &Config, mode: Mode) {
    let url = &config.public_url;
    println!("Saldar serves on http://{}", config.addr);
    println!("  portal   {url}/");
    println!("  console  {url}/console");
    println!("  field    {url}/field/");
    if mode == Mode::Demo {
        println!("  messages {url}/demo/mensajes   (demo: what the debtor would receive)");
        println!("Demo sign-ins, password {}:", services::demo::PASSWORD);
        for (login, role) in services::demo::sign_ins() {
            println!("  {login:28} {role}");
        }
        println!("Demo debtors, by document:");
        for (document, name) in services::demo::known_documents() {
            println!("  {document:28} {name}");
        }
    }
}
