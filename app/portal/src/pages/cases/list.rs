//! One's own cases.

use axum::extract::State;
use chrono_tz::Tz;
use leptos::prelude::*;
use services::Services;
use services::cases::CaseLine;
use ui::prelude::*;
use web::Debtor;

use super::ADDRESS;
use crate::pages::SIGN_OUT;
use crate::shell::{Answer, fail, own_page};

/// `GET /casos`
pub async fn list(State(services): State<Services>, debtor: Debtor) -> Answer {
    let no = |error| fail(error, &debtor.visitor);
    let cases = services.my_cases(debtor.actor()).await.map_err(no)?;
    let zone = services.organization(debtor.actor().organization_id).await.map_err(no)?.zone;
    let page = own_page(&services, &debtor, title(debtor.lang())).await?;
    Ok(page.render(move || view! { <Cases cases zone/> }))
}

pub const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Mis casos", "My cases", "Meus casos")
}

#[component]
fn Cases(cases: Vec<CaseLine>, zone: Tz) -> impl IntoView {
    let lang = use_lang();
    let none = cases.is_empty();
    let lines: Vec<_> = cases.into_iter().map(|case| view! { <li><Line case zone/></li> }).collect();
    view! {
        <PortalLayout
            title=title(lang) back="/deudas" sign_out=SIGN_OUT
            lead=tr!(
                lang,
                "Lo que nos dijiste y lo que te respondimos.",
                "What you told us and what we answered.",
                "O que você nos disse e o que respondemos."
            )
        >
            {if none {
                view! {
                    <EmptyState title=tr!(lang, "Todavía no tienes casos", "You have no cases yet", "Você ainda não tem casos") icon=Glyph::MessageCircle>
                        <p>{tr!(
                            lang,
                            "Desde la página de cada deuda puedes decir que no estás de acuerdo o pedir ayuda.",
                            "On the page of each debt you can say that you do not agree or ask for help.",
                            "Na página de cada dívida você pode dizer que não concorda ou pedir ajuda."
                        )}</p>
                        <LinkButton href="/deudas" kind=ButtonKind::Secondary>{tr!(lang, "Ver mis deudas", "See my debts", "Ver minhas dívidas")}</LinkButton>
                    </EmptyState>
                }.into_any()
            } else {
                view! { <ul class="debts">{lines}</ul> }.into_any()
            }}
        </PortalLayout>
    }
    .into_any()
}

#[component]
fn Line(case: CaseLine, zone: Tz) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let opened = format::date_long(case.opened_at.with_timezone(&zone).date_naive(), locale);
    let number = case.account.map(|number| trf!(lang, "Deuda {}", "Debt {}", "Dívida {}", number));
    view! {
        <a class="way debt" href=format!("{ADDRESS}/{}", case.id)>
            <span class="debt-who">
                <strong>{labels::case_kind(case.kind, lang)}</strong>
                <small>{number}</small>
                <small>{opened}</small>
            </span>
            <Badge tone=labels::case_tone(case.progress.status)>{labels::case_status(case.progress.status, lang)}</Badge>
            <Icon glyph=Glyph::ChevronRight/>
        </a>
    }
    .into_any()
}
