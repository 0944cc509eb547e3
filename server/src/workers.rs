//! Background work of a serving process.

use std::time::Duration;

use services::Services;
use services::outbox::Channels;

/// How long a webhook waits at most before it is worked off.
const ROUND: Duration = Duration::from_millis(500);

/// Works off stored webhooks for ever; several processes may do so at once.
pub async fn gateway_events(services: Services) {
    loop {
        match services.process_gateway_events().await {
            Ok(0) => tokio::time::sleep(ROUND).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "webhook worker");
                tokio::time::sleep(ROUND * 10).await;
            }
        }
    }
}

/// Asks for refunds that wait, asks gateways that are silent, closes what was left, charges saved cards,
/// and reads lists of events for what no webhook brought, for ever; several processes may do so at once.
pub async fn gateways(services: Services) {
    loop {
        if let Err(error) = services.send_refunds().await {
            tracing::error!(%error, "refund worker");
        }
        if let Err(error) = services.ask_silent_gateways().await {
            tracing::error!(%error, "gateway poller");
        }
        if let Err(error) = services.close_stale_attempts().await {
            tracing::error!(%error, "closing of payments on debts that changed");
        }
        if let Err(error) = services.run_autopay().await {
            tracing::error!(%error, "automatic payment");
        }
        if let Err(error) = services.poll_gateways().await {
            tracing::error!(%error, "events that no webhook brought");
        }
        tokio::time::sleep(ROUND * 4).await;
    }
}

/// Does each day's work when its hour has come, for ever; several processes may do so at once.
pub async fn daily(services: Services) {
    loop {
        if let Err(error) = services.do_daily_work().await {
            tracing::error!(%error, "scheduler");
        }
        tokio::time::sleep(ROUND * 40).await;
    }
}

/// Sends what waits in the outbox for ever; several processes may do so at once.
pub async fn messages(services: Services, channels: Channels) {
    loop {
        match services.deliver_messages(&channels).await {
            Ok(0) => tokio::time::sleep(ROUND).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "message worker");
                tokio::time::sleep(ROUND * 10).await;
            }
        }
    }
}

/// Works off what the providers of messages report for ever; several processes may do so at once.
pub async fn channel_reports(services: Services) {
    loop {
        match services.process_channel_reports().await {
            Ok(0) => tokio::time::sleep(ROUND).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "channel report worker");
                tokio::time::sleep(ROUND * 10).await;
            }
        }
    }
}
