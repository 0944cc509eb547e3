//! All terms: by creditor and product, every version with the day from which it holds.

use domain::access::Permission;
use domain::ids::CreditorId;
use leptos::prelude::*;
use services::ledger::TermsLine;
use ui::prelude::*;

use super::{ADDRESS, SERIES, words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::audit;
use crate::pages::ledger::formula;

/// A creditor with its products and their versions. The type is the store's, kept by value.
#[derive(Clone, Debug)]
pub struct CreditorTerms {
    pub creditor: super::edit::Creditor,
    pub products: Vec<(Option<String>, i64)>,
    pub lines: Vec<TermsLine>,
}

/// The place of a product on the page.
pub fn anchor(creditor: &CreditorId, product: &str) -> String {
    let plain: String = product.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("p-{creditor}-{plain}")
}

#[component]
pub fn TermsPage(desk: Desk, creditors: Vec<CreditorTerms>, done: String) -> impl IntoView {
    let lang = use_lang();
    let title = Section::Terms.label(lang);
    let cards: Vec<_> = creditors.into_iter().map(|item| creditor_card(item, &desk)).collect();
    let none = cards.is_empty();
    let series = move || view! { <a class="btn btn-secondary" href=SERIES>{tr!(lang, "Series publicadas", "Published series")}</a> };
    let saved = (!done.is_empty()).then(|| {
        let title = tr!(
            lang,
            "La versión quedó guardada. Las cuentas la siguen desde su fecha.",
            "The version is saved. Accounts follow it from its date on."
        );
        view! { <Notice tone=Tone::Success title/> }
    });
    view! {
        <Frame desk section=Section::Terms title actions=series>
            {saved}
            <p class="lead">{tr!(
                lang,
                "Lo que cada acreedor pactó: intereses, cargos y a qué va cada pago. Una versión no se cambia; otra nueva rige desde su fecha.",
                "What each creditor agreed: interest, charges, and where payments go. A version is never changed; a new one holds from its date on.",
            )}</p>
            {none.then(|| view! { <EmptyState title=tr!(lang, "Aún no hay acreedores: importe una cartera.", "There are no creditors yet: import a portfolio.") icon=Glyph::Scale/> })}
            {cards}
        </Frame>
    }
}

fn creditor_card(item: CreditorTerms, desk: &Desk) -> AnyView {
    let CreditorTerms { creditor, products, lines } = item;
    let mut names: Vec<(String, Option<i64>)> = vec![(String::new(), None)];
    for (name, count) in products {
        match name.filter(|name| !name.is_empty()) {
            Some(name) => names.push((name, Some(count))),
            None => names.first_mut().into_iter().for_each(|first| first.1 = Some(count)),
        }
    }
    for line in &lines {
        if !names.iter().any(|(name, _)| *name == line.product) {
            names.push((line.product.clone(), Some(0)));
        }
    }
    let law = formula::order_law(&creditor.country, desk.lang());
    let products: Vec<_> = names
        .into_iter()
        .map(|(name, count)| {
            let versions: Vec<_> = lines.iter().filter(|line| line.product == name).cloned().collect();
            product_block(&creditor.id, name, count, versions, law, desk)
        })
        .collect();
    let title = format!("{} ({})", creditor.name, creditor.code);
    view! { <Card title class="terms">{products}</Card> }.into_any()
}

fn product_block(
    creditor: &CreditorId,
    name: String,
    count: Option<i64>,
    mut versions: Vec<TermsLine>,
    law: &'static str,
    desk: &Desk,
) -> AnyView {
    let (lang, locale) = (desk.lang(), desk.locale());
    let title = product_name(&name, lang);
    let accounts = count.map(|count| trf!(lang, "{} cuentas", "{} accounts", format::count(count, locale)));
    let query = serde_urlencoded::to_string([("creditor", creditor.to_string()), ("product", name.clone())]);
    let href = format!("{ADDRESS}/nueva?{}", query.unwrap_or_default());
    let label = trf!(lang, "Nueva versión para {}", "New version for {}", title);
    let edit = desk.may(Permission::TermsWrite).then(|| {
        view! { <a class="btn btn-secondary" href=href aria-label=label>{tr!(lang, "Nueva versión", "New version")}</a> }
    });
    versions.reverse();
    let none = versions.is_empty().then(|| {
        let says = if name.is_empty() {
            tr!(
                lang,
                "Sin condiciones: no crecen intereses ni cargos; los pagos siguen el orden de la ley.",
                "No terms: neither interest nor charges grow; payments follow the order of the law."
            )
        } else {
            tr!(
                lang,
                "Sin condiciones propias: rigen las de todos los productos.",
                "No terms of its own: those of all products hold."
            )
        };
        view! { <p class="soft small">{says}</p> }
    });
    let versions: Vec<_> =
        versions.into_iter().enumerate().map(|(at, line)| version(line, at == 0, law, desk)).collect();
    view! {
        <section class="product" id=anchor(creditor, &name)>
            <div class="card-head">
                <h3>{title}" "<span class="soft small">{accounts}</span></h3>
                {edit}
            </div>
            {none}
            {versions}
        </section>
    }
    .into_any()
}

/// A product's name for people; the empty one stands for all that have no terms of their own.
pub fn product_name(name: &str, lang: Lang) -> String {
    if name.is_empty() {
        tr!(lang, "Todos los productos sin condiciones propias", "All products without terms of their own")
            .to_owned()
    } else {
        name.to_owned()
    }
}

fn version(line: TermsLine, newest: bool, law: &'static str, desk: &Desk) -> AnyView {
    let (lang, locale) = (desk.lang(), desk.locale());
    let title = trf!(
        lang,
        "Versión {0}, rige desde el {1}",
        "Version {0}, holds from {1}",
        line.version,
        format::date_short(line.effective_from, locale)
    );
    let says: Vec<_> =
        words::summary(&line.terms, law, locale).into_iter().map(|says| view! { <li>{says}</li> }).collect();
    let note = line.note.map(|note| view! { <p>{note}</p> });
    let kept = trf!(
        lang,
        "Guardada el {0} por {1}",
        "Saved on {0} by {1}",
        desk.time(line.recorded_at),
        by(&line.recorded_by, lang)
    );
    view! {
        <details class="version" open=newest>
            <summary>{title}</summary>
            {note}
            <ul>{says}</ul>
            <p class="soft small">{kept}</p>
        </details>
    }
    .into_any()
}

/// Who kept something: staff are named in the audit trail.
pub fn by(actor: &str, lang: Lang) -> String {
    match actor.split(':').next().unwrap_or_default() {
        "staff" | "user" => tr!(lang, "el equipo", "staff").to_owned(),
        kind => audit::by(kind, lang),
    }
}
