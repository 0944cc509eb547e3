//! "I have paid": telling of a payment made elsewhere, and what came of it.

mod open;
mod show;

use leptos::prelude::*;
use services::reports::ReportLine;
use ui::prelude::*;

pub use open::{ask, send};
pub use show::{file, show};

pub const ADDRESS: &str = "/pagos-reportados";

/// The reports of a debt, each with how it stands.
#[component]
pub fn Reported(reports: Vec<ReportLine>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    (!reports.is_empty()).then(|| {
        let items: Vec<_> = reports
            .into_iter()
            .map(|report| {
                let on = format::date_long(report.paid_on, locale);
                view! {
                    <li class="pair">
                        <a href=format!("{ADDRESS}/{}", report.id)>
                            {trf!(lang, "Pago del {}", "Payment of {}", "Pagamento de {}", on)}
                        </a>
                        <span class="num">{format::money(&report.amount, locale)}</span>
                        <small class="means">
                            <Badge tone=labels::report_tone(report.status)>{labels::report_status(report.status, lang)}</Badge>
                        </small>
                    </li>
                }
            })
            .collect();
        view! {
            <Card title=tr!(lang, "Pagos de los que nos avisaste", "Payments you told us of", "Pagamentos que você avisou")>
                <ul class="plain-list parts">{items}</ul>
            </Card>
        }
    })
}
