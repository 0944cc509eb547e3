//! The hosted page: plain HTML in the portal's dress, without script. Everything that comes from outside
//! is escaped.

use domain::money::Money;

use super::card::{Card, CardStatus};
use super::payment::{LONGEST_DELAY, Payment, Status};

/// The page's language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Es,
    En,
    Pt,
}

impl Lang {
    /// From a language tag; Spanish unless it says English or Portuguese.
    pub fn choose(tag: Option<&str>) -> Self {
        match tag.and_then(|tag| tag.get(..2)) {
            Some("en") => Self::En,
            Some("pt") => Self::Pt,
            _ => Self::Es,
        }
    }

    pub const fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    const fn pick(self, es: &'static str, en: &'static str, pt: &'static str) -> &'static str {
        match self {
            Self::Es => es,
            Self::En => en,
            Self::Pt => pt,
        }
    }
}

/// The page of one payment; `refused` after a form that made no sense.
pub fn payment(payment: &Payment, lang: Lang, refused: bool) -> String {
    let body = if payment.status == Status::Open { choices(lang, refused) } else { decided(payment, lang) };
    let title = lang.pick("Página de pago de prueba", "Test payment page", "Página de pagamento de teste");
    let label = lang.pick("Total a pagar", "Total to pay", "Total a pagar");
    let (figure, code) = amount(payment.amount);
    let concept = lang.pick("Concepto", "For", "Referente a");
    let main = format!(
        r#"<h1>{title}</h1>
<p class="amount"><span class="amount-label">{label}</span>
<span class="amount-figure">{figure} <span class="amount-code">{code}</span></span></p>
<dl><div class="pair"><dt>{concept}</dt><dd>{}</dd></div></dl>
{body}"#,
        escape(&payment.description),
    );
    document(lang, title, &main)
}

/// The page that saves a card.
pub fn card(card: &Card, lang: Lang, refused: bool) -> String {
    let title = lang.pick("Guardar tarjeta de prueba", "Save a test card", "Salvar cartão de teste");
    let main = if card.status == CardStatus::Open {
        let hint = lang.pick(
            "Elige qué hará la tarjeta cuando se le cobre. No se mueve dinero y no se piden datos de tarjeta.",
            "Choose what the card does when it is charged. No money moves and no card details are asked for.",
            "Escolha o que o cartão fará quando for cobrado. Nenhum dinheiro se move e nenhum dado de cartão é pedido.",
        );
        let alert = if refused {
            let says = lang.pick("Elige una tarjeta.", "Choose a card.", "Escolha um cartão.");
            format!(
                "<div class=\"notice tone-error\" role=\"alert\"><div class=\"notice-body\"><p>{says}</p></div></div>\n"
            )
        } else {
            String::new()
        };
        let works = lang.pick(
            "Guardar tarjeta que funciona (4242)",
            "Save a card that works (4242)",
            "Salvar cartão que funciona (4242)",
        );
        let empty =
            lang.pick("Tarjeta sin fondos (9995)", "Card without funds (9995)", "Cartão sem saldo (9995)");
        let asks = lang.pick(
            "Tarjeta que pide confirmar (3184)",
            "Card that asks to confirm (3184)",
            "Cartão que pede confirmação (3184)",
        );
        let cancel = lang.pick("Cancelar y volver", "Cancel and go back", "Cancelar e voltar");
        format!(
            "<p class=\"soft\">{hint}</p>\n{alert}{}{}{}{}",
            form("works", "btn-primary", works, ""),
            form("empty", "btn-secondary", empty, ""),
            form("asks", "btn-secondary", asks, ""),
            form("canceled", "btn-quiet", cancel, ""),
        )
    } else {
        let says =
            lang.pick("Esta página ya se usó.", "This page has been used.", "Esta página já foi usada.");
        let back = lang.pick("Volver a tu cuenta", "Back to your account", "Voltar à sua conta");
        let address = escape(&card.return_url);
        format!(
            "<p role=\"status\">{says}</p>\n<p><a class=\"btn btn-primary\" href=\"{address}\">{back}</a></p>"
        )
    };
    document(lang, title, &format!("<h1>{title}</h1>\n{main}"))
}

/// The page for a payment that is not there, or for a fault.
pub fn problem(unknown: bool) -> String {
    let (title, text) = if unknown {
        ("Este pago de prueba no existe", "Revisa la dirección o vuelve a empezar desde tu cuenta.")
    } else {
        ("La página de prueba falló", "Espera un momento y vuelve a cargarla.")
    };
    document(
        Lang::Es,
        title,
        &format!("<h1>{title}</h1>\n<p>{text}</p>\n<p><a href=\"/\">Ir al inicio</a></p>"),
    )
}

fn choices(lang: Lang, refused: bool) -> String {
    let hint = lang.pick(
        "Elige cómo responde el banco de prueba. No se mueve dinero y no se piden datos de tarjeta.",
        "Choose how the test bank answers. No money moves and no card details are asked for.",
        "Escolha como responde o banco de teste. Nenhum dinheiro se move e nenhum dado de cartão é pedido.",
    );
    let refused = refused.then(|| {
        let text = lang.pick(
            "Elige una respuesta. La demora va de 1 a 3600 segundos.",
            "Choose an answer. The delay is from 1 to 3600 seconds.", "Escolha uma resposta. A demora vai de 1 a 3600 segundos.",
        );
        format!("<div class=\"notice tone-error\" role=\"alert\"><div class=\"notice-body\"><p>{text}</p></div></div>\n")
    });
    format!(
        "<p class=\"soft\">{hint}</p>\n{}{}{}{}{}",
        refused.unwrap_or_default(),
        form(
            "approve",
            "btn-primary",
            lang.pick("Aprobar el pago", "Approve the payment", "Aprovar o pagamento"),
            ""
        ),
        form(
            "delay",
            "btn-secondary",
            lang.pick("Aprobar con demora", "Approve after a delay", "Aprovar com demora"),
            &delay(lang)
        ),
        form("decline", "btn-secondary", lang.pick("Rechazar", "Decline", "Recusar"), &reasons(lang)),
        form(
            "cancel",
            "btn-quiet",
            lang.pick("Cancelar y volver", "Cancel and go back", "Cancelar e voltar"),
            ""
        ),
    )
}

fn form(decision: &str, look: &str, label: &str, fields: &str) -> String {
    format!(
        r#"<form method="post" class="form">{fields}
<button type="submit" class="btn {look}" name="decision" value="{decision}">{label}</button>
</form>
"#
    )
}

fn delay(lang: Lang) -> String {
    let label = lang.pick(
        "Segundos hasta que llega el dinero",
        "Seconds until the money arrives",
        "Segundos até o dinheiro chegar",
    );
    format!(
        r#"<div class="field"><label for="seconds">{label}</label>
<div class="control short"><input type="number" id="seconds" name="seconds" value="10" min="1" max="{LONGEST_DELAY}" inputmode="numeric" required></div></div>"#
    )
}

fn reasons(lang: Lang) -> String {
    let label = lang.pick("Motivo del rechazo", "Reason for declining", "Motivo da recusa");
    let options = [
        ("insufficient_funds", lang.pick("Fondos insuficientes", "Insufficient funds", "Saldo insuficiente")),
        ("expired_card", lang.pick("Tarjeta vencida", "Expired card", "Cartão vencido")),
        ("generic", lang.pick("Rechazo sin motivo", "Declined without a reason", "Recusado sem motivo")),
    ]
    .map(|(code, text)| format!("<option value=\"{code}\">{text}</option>"))
    .concat();
    format!(
        r#"<div class="field"><label for="reason">{label}</label>
<div class="control"><select id="reason" name="reason">{options}</select></div></div>"#
    )
}

fn decided(payment: &Payment, lang: Lang) -> String {
    let text = match payment.status {
        Status::Open | Status::Processing => {
            lang.pick("El pago está en camino.", "The payment is on its way.", "O pagamento está a caminho.")
        }
        Status::Succeeded if payment.is_disputed() => lang.pick(
            "El banco retiró el dinero: el pago está en disputa.",
            "The bank took the money back: the payment is disputed.",
            "O banco retirou o dinheiro: o pagamento está em disputa.",
        ),
        Status::Succeeded => {
            lang.pick("El pago fue aprobado.", "The payment was approved.", "O pagamento foi aprovado.")
        }
        Status::Failed => {
            lang.pick("El pago fue rechazado.", "The payment was declined.", "O pagamento foi recusado.")
        }
        Status::Canceled => {
            lang.pick("El pago fue cancelado.", "The payment was canceled.", "O pagamento foi cancelado.")
        }
    };
    let back = lang.pick("Volver a tu cuenta", "Back to your account", "Voltar à sua conta");
    let address = escape(&payment.return_url);
    format!(
        "<p role=\"status\">{text}</p>\n<p><a class=\"btn btn-primary\" href=\"{address}\">{back}</a></p>\n{}",
        at_the_bank(payment, lang),
    )
}

/// What the payer's bank may still do with a payment that was made.
fn at_the_bank(payment: &Payment, lang: Lang) -> String {
    if payment.is_disputed() {
        let label = lang.pick(
            "El banco devuelve el dinero al comercio",
            "The bank gives the money back to the merchant",
            "O banco devolve o dinheiro ao comércio",
        );
        form("reinstate", "btn-secondary", label, "")
    } else if payment.held() > 0 {
        let label = lang.pick(
            "Disputar el pago en el banco (contracargo)",
            "Dispute the payment at the bank (chargeback)",
            "Contestar o pagamento no banco (chargeback)",
        );
        form("dispute", "btn-quiet", label, "")
    } else {
        String::new()
    }
}

fn document(lang: Lang, title: &str, main: &str) -> String {
    let banner =
        lang.pick("SANDBOX — sin dinero real", "SANDBOX — no real money", "SANDBOX — sem dinheiro real");
    let skip = lang.pick("Ir al contenido", "Skip to content", "Ir para o conteúdo");
    let others: String = [(Lang::Es, "Español"), (Lang::En, "English"), (Lang::Pt, "Português")]
        .into_iter()
        .filter(|(other, _)| *other != lang)
        .map(|(other, name)| {
            let tag = other.tag();
            format!("<a href=\"?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\">{name}</a>\n")
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        r##"<!DOCTYPE html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · SANDBOX</title>
<link rel="stylesheet" href="/pkg/portal.css">
</head>
<body>
<a class="skip-link" href="#main">{skip}</a>
<p class="sandbox-banner"><strong>{banner}</strong></p>
<div class="plain">
<header class="between"><span class="wordmark"><span class="mark" aria-hidden="true"></span><span>Sandbox</span></span>
<div class="row">{others}</div></header>
<main id="main" class="card">
{main}
</main>
</div>
</body>
</html>
"##,
        tag = lang.tag(),
    )
}

/// The figure with its thousands grouped, and the currency's code: `1,250.00` and `MXN`.
fn amount(money: Money) -> (String, String) {
    let decimal = money.to_decimal();
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    let mut grouped = String::with_capacity(decimal.len() + whole.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if place > 0 && left % 3 == 0 && digit.is_ascii_digit() && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    (grouped, money.currency().code().to_owned())
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    #[test]
    fn amounts_are_grouped_with_their_currency() {
        let written = |minor, currency| {
            let (figure, code) = amount(Money::from_minor(minor, currency));
            format!("{figure} {code}")
        };
        assert_eq!(written(5, Currency::MXN), "0.05 MXN");
        assert_eq!(written(99_900, Currency::MXN), "999.00 MXN");
        assert_eq!(written(125_000, Currency::MXN), "1,250.00 MXN");
        assert_eq!(written(1_234_567, Currency::CLP), "1,234,567 CLP");
        assert_eq!(written(-12_345_678, Currency::USD), "-123,456.78 USD");
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        assert_eq!(escape(r#"<a href="x">&'"#), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
