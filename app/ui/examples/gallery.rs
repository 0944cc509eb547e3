//! Writes one page a surface with every component on it, to look at in a browser:
//! `cargo run -p ui --features ssr --example gallery -- OUT`, then serve `OUT` with `style/` as `/pkg`.
#![recursion_limit = "256"]
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::PathBuf;

use domain::money::{Currency, Money};
use leptos::prelude::*;
use ui::prelude::*;

fn main() {
    let out = PathBuf::from(std::env::args().nth(1).expect("give the folder to write to"));
    std::fs::create_dir_all(&out).expect("make the folder");
    for (locale, suffix) in [(Locale::EsMx, "es"), (Locale::En, "en")] {
        write(&out, "portal", suffix, locale, None, || view! { <PortalHome/> }.into_any());
        write(&out, "promise", suffix, locale, Some(refused()), || view! { <PortalForm/> }.into_any());
        write(&out, "console", suffix, locale, None, || view! { <ConsoleQueue/> }.into_any());
        write(&out, "account", suffix, locale, Some(refused()), || view! { <ConsoleAccount/> }.into_any());
        write(&out, "signin", suffix, locale, None, || view! { <SignIn/> }.into_any());
        write(&out, "field", suffix, locale, None, || view! { <FieldDay/> }.into_any());
        write(&out, "visit", suffix, locale, None, || view! { <FieldVisit/> }.into_any());
    }
}

fn refused() -> FormState {
    FormState::new([("amount".to_owned(), "12,".to_owned()), ("way".to_owned(), "shop".to_owned())])
        .with_error("amount", "Escriba un importe en pesos, por ejemplo 1,500.00")
        .with_error("due_on", "Elija una fecha de hoy al 20 de enero de 2027")
}

fn write(
    out: &std::path::Path,
    page: &str,
    suffix: &str,
    locale: Locale,
    form: Option<FormState>,
    view: fn() -> AnyView,
) {
    let sheet = match page {
        "portal" | "promise" => "portal",
        "field" | "visit" => "field",
        _ => "console",
    };
    let owner = Owner::new();
    let body = owner.with(|| {
        provide_context(locale);
        provide_context(Brand {
            name: "Financiera Andina".to_owned(),
            sandbox: true,
            phone: Some("+52 55 1234 5678".to_owned()),
            email: Some("ayuda@andina.example".to_owned()),
        });
        if let Some(form) = form {
            provide_context(form);
        }
        view().to_html()
    });
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{page}</title><link rel=\"stylesheet\" href=\"/pkg/{sheet}.css\"></head><body>{body}</body></html>",
        locale.tag()
    );
    std::fs::write(out.join(format!("{page}-{suffix}.html")), html).expect("write the page");
}

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, "MXN".parse::<Currency>().unwrap())
}

fn day(month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

#[component]
fn PortalHome() -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    view! {
        <PortalLayout title=tr!(lang, "Hola, María", "Hello, María") sign_out="/salir">
            <Notice tone=Tone::Success title=tr!(lang, "Recibimos su pago de $ 500.00 MXN", "We received your payment of $ 500.00 MXN")>
                {tr!(lang, "Le enviamos el recibo por correo.", "We sent the receipt to your e-mail.")}
            </Notice>
            <section class="card">
                <div class="between">
                    <h2>{tr!(lang, "Crédito de nómina", "Payroll loan")}</h2>
                    <StageBadge stage=domain::account::Stage::Early plain=true/>
                </div>
                <Amount money=mxn(1_234_567) label=tr!(lang, "Saldo de hoy", "Balance today")/>
                <KeyValue>
                    <Pair term=tr!(lang, "Venció el", "Was due on")>{format::date_long(day(10, 30), locale)}</Pair>
                    <Pair term=tr!(lang, "Capital", "Principal")>{format::money(&mxn(1_100_000), locale)}</Pair>
                    <Pair term=tr!(lang, "Intereses", "Interest")>{format::money(&mxn(134_567), locale)}</Pair>
                    <Pair term="Total" strong=true>{format::money(&mxn(1_234_567), locale)}</Pair>
                </KeyValue>
                <LinkButton href="/pagar">{tr!(lang, "Pagar", "Pay")}</LinkButton>
            </section>
            <Ways>
                <Way href="/promesa" icon=Glyph::CalendarCheck title=tr!(lang, "Pagar otro día", "Pay another day") hint=tr!(lang, "Díganos cuándo puede", "Tell us when you can")/>
                <Way href="/dificultad" icon=Glyph::HandHeart title=tr!(lang, "No puedo pagar ahora", "I cannot pay now") hint=tr!(lang, "Buscamos una salida con usted", "We look for a way with you")/>
                <Way href="/reclamo" icon=Glyph::Scale title=tr!(lang, "No reconozco esta deuda", "This is not my debt") hint=tr!(lang, "Detenemos el cobro mientras lo revisamos", "We stop collecting while we look into it")/>
            </Ways>
            <Card title=tr!(lang, "Movimientos", "Activity")>
                <DataTable caption=tr!(lang, "Movimientos", "Activity") caption_hidden=true columns=vec![
                    Column::new(tr!(lang, "Fecha", "Date")), Column::new(tr!(lang, "Concepto", "What")), Column::number("MXN"),
                ]>
                    <tr><td class="nowrap">{format::date_short(day(11, 20), locale)}</td><td>{tr!(lang, "Pago con tarjeta", "Card payment")}</td><td class="num">{format::money_bare(&mxn(-50_000), locale)}</td></tr>
                    <tr><td class="nowrap">{format::date_short(day(10, 30), locale)}</td><td>{tr!(lang, "Interés moratorio", "Default interest")}</td><td class="num">{format::money_bare(&mxn(12_345), locale)}</td></tr>
                </DataTable>
            </Card>
        </PortalLayout>
    }
}

#[component]
fn PortalForm() -> impl IntoView {
    let lang = use_lang();
    view! {
        <PortalLayout
            title=tr!(lang, "¿Cuánto puede pagar?", "How much can you pay?")
            lead=tr!(lang, "Cualquier importe ayuda. Puede cambiarlo antes de la fecha.", "Any amount helps. You can change it before the date.")
            back="/"
        >
            <ErrorSummary/>
            <Steps labels=vec![tr!(lang, "Importe", "Amount").to_owned(), tr!(lang, "Fecha", "Date").to_owned(), tr!(lang, "Confirmar", "Confirm").to_owned()] current=1/>
            <PostForm action="/promesa">
                <Field name="amount" label=tr!(lang, "Importe", "Amount") inputmode="decimal" prefix="$" suffix="MXN" short=true hint=tr!(lang, "Su saldo es de $ 12,345.67 MXN", "Your balance is $ 12,345.67 MXN")/>
                <Field name="due_on" kind="date" label=tr!(lang, "Fecha", "Date") short=true/>
                <RadioGroup name="way" legend=tr!(lang, "¿Cómo prefiere pagar?", "How do you prefer to pay?") options=vec![
                    Choice::new("card", tr!(lang, "Tarjeta", "Card")).detail("$ 500.00 MXN"),
                    Choice::new("shop", tr!(lang, "En una tienda", "In a shop")).hint(tr!(lang, "Lleve el código de barras en el teléfono o impreso", "Take the bar code on your phone or on paper")),
                    Choice::new("transfer", tr!(lang, "Transferencia", "Bank transfer")),
                ]/>
                <Select name="bank" label=tr!(lang, "Banco", "Bank") blank=tr!(lang, "Elija uno", "Choose one") options=vec![Choice::new("a", "BBVA"), Choice::new("b", "Banorte")]/>
                <Textarea name="note" label=tr!(lang, "Algo que debamos saber", "Anything we should know") required=false/>
                <CheckBox name="reminder" label=tr!(lang, "Avísenme un día antes", "Remind me a day before") checked=true/>
                <Button>{tr!(lang, "Continuar", "Continue")}</Button>
            </PostForm>
            <Notice tone=Tone::Info>{tr!(lang, "Prometer un pago no tiene costo.", "A promise costs nothing.")}</Notice>
            <Notice tone=Tone::Warn title=tr!(lang, "La conexión se cortó", "The connection was lost")>{tr!(lang, "No se hizo ningún cargo.", "Nothing was charged.")}</Notice>
            <Notice tone=Tone::Error title=tr!(lang, "Su banco rechazó la tarjeta", "Your bank declined the card")>{tr!(lang, "Pruebe con otra.", "Try another one.")}</Notice>
        </PortalLayout>
    }
}

fn console_nav(lang: Lang) -> Vec<NavLink> {
    vec![
        NavLink::new("/console", tr!(lang, "Inicio", "Home"), Glyph::Home),
        NavLink::new("/console/queue", tr!(lang, "Cola de trabajo", "Work queue"), Glyph::Inbox)
            .current(true)
            .waiting("128"),
        NavLink::new("/console/accounts", tr!(lang, "Cuentas", "Accounts"), Glyph::Users),
        NavLink::new("/console/payments", tr!(lang, "Pagos", "Payments"), Glyph::Banknote),
        NavLink::new("/console/imports", tr!(lang, "Importaciones", "Imports"), Glyph::Upload),
        NavLink::new("/console/field", tr!(lang, "Campo", "Field"), Glyph::Route),
        NavLink::new("/console/reports", tr!(lang, "Informes", "Reports"), Glyph::Chart),
        NavLink::new("/console/settings", tr!(lang, "Ajustes", "Settings"), Glyph::Settings),
    ]
}

#[component]
fn ConsoleQueue() -> impl IntoView {
    use domain::account::Stage;
    let lang = use_lang();
    let locale = use_locale();
    let names =
        ["María Fernanda López", "Comercial del Norte S.A.", "José Ángel Ñandú", "Ana Ruiz", "Café Río"];
    let stages = [
        Stage::PreDelinquency,
        Stage::Early,
        Stage::Late,
        Stage::Residual,
        Stage::ChargedOff,
        Stage::Settled,
    ];
    let rows: Vec<_> = (0..24_i64).map(|n| {
        let at = usize::try_from(n).unwrap_or_default();
        let stage = stages.get(at % stages.len()).copied().unwrap_or(Stage::Early);
        let name = names.get(at % names.len()).copied().unwrap_or_default();
        view! {
            <tr>
                <th scope="row"><a href="/console/accounts/1">{name}</a></th>
                <td class="nowrap">{format!("CR-{:05}", 10_400 + n * 37)}</td>
                <td><StageBadge stage/></td>
                <td class="num">{format::count(n * 7, locale)}</td>
                <td class="num">{format::money_bare(&mxn(1_234_567 - n * 48_211), locale)}</td>
                <td class="nowrap">{format::relative_day(day(11, 18 + u32::try_from(n % 9).unwrap_or_default()), day(11, 21), locale)}</td>
            </tr>
        }
    }).collect();
    let columns = vec![
        Column::new(tr!(lang, "Deudor", "Debtor")),
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::new(tr!(lang, "Etapa", "Stage")),
        Column::number(tr!(lang, "Días de mora", "Days past due"))
            .sort(Sort { href: "?sort=dpd".into(), ascending: None }),
        Column::number(tr!(lang, "Saldo (MXN)", "Balance (MXN)"))
            .sort(Sort { href: "?sort=-balance".into(), ascending: Some(false) }),
        Column::new(tr!(lang, "Próxima acción", "Next action")),
    ];
    view! {
        <ConsoleLayout title=tr!(lang, "Cola de trabajo", "Work queue") nav=console_nav(lang) user="Ana Ruiz" sign_out="/console/sign-out" search="/console/search"
            actions=move || view! { <LinkButton href="/x" kind=ButtonKind::Secondary icon=Glyph::Download>{tr!(lang, "Exportar", "Export")}</LinkButton><LinkButton href="/y" icon=Glyph::Plus>{tr!(lang, "Nueva gestión", "New activity")}</LinkButton> }
        >
            <div class="tiles">
                <Tile label=tr!(lang, "Saldo vencido", "Past due") figure="$ 12,345,678.90" note="MXN · 1,204 cuentas"/>
                <Tile label=tr!(lang, "Cobrado este mes", "Collected this month") figure="$ 845,120.00" note="+4.2 %"/>
                <Tile label=tr!(lang, "Promesas para hoy", "Promises due today") figure="17"/>
                <Tile label=tr!(lang, "Contacto con titular", "Right-party contact") figure="38.5 %"/>
            </div>
            <BarChart caption=tr!(lang, "Saldo por tramo de mora (MXN)", "Balance by delinquency bucket (MXN)") bars=vec![
                Bar::new("1–30", 4_500_000, "4.5 M"), Bar::new("31–60", 2_600_000, "2.6 M"), Bar::new("61–90", 1_900_000, "1.9 M"), Bar::new("> 90", 3_300_000, "3.3 M"),
            ]/>
            <form class="filters" method="get">
                <Select name="stage" label=tr!(lang, "Etapa", "Stage") options=vec![Choice::new("", tr!(lang, "Todas", "All"))]/>
                <Field name="from" kind="date" label=tr!(lang, "Desde", "From")/>
                <Button kind=ButtonKind::Secondary icon=Glyph::ListFilter>{tr!(lang, "Filtrar", "Filter")}</Button>
            </form>
            <div class="card"><DataTable caption=tr!(lang, "Cola", "Queue") caption_hidden=true columns>{rows}</DataTable></div>
            <Pager summary=tr!(lang, "1 a 24 de 128", "1 to 24 of 128") next=Some("?after=24".to_owned())/>
            <div class="card">
                <EmptyState title=tr!(lang, "No queda nada para hoy", "Nothing left for today")>
                    <p>{tr!(lang, "Las cuentas nuevas aparecen aquí después del cierre.", "New accounts appear here after end of day.")}</p>
                    <LinkButton href="/console/imports" kind=ButtonKind::Secondary>{tr!(lang, "Importar una cartera", "Import a portfolio")}</LinkButton>
                </EmptyState>
            </div>
        </ConsoleLayout>
    }
}

#[component]
fn ConsoleAccount() -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    view! {
        <ConsoleLayout title="María Fernanda López" nav=console_nav(lang) user="Ana Ruiz" sign_out="/console/sign-out" search="/console/search" query="lópez"
            crumbs=vec![Crumb::new("/console/accounts", tr!(lang, "Cuentas", "Accounts")), Crumb::here("CR-10400")]
        >
            <ErrorSummary/>
            <div class="split">
                <div>
                    <Card title=tr!(lang, "Registrar gestión", "Record activity")>
                        <PostForm action="/console/accounts/1/activities">
                            <Select name="disposition" label=tr!(lang, "Resultado", "Result") options=vec![Choice::new("promise", tr!(lang, "Promesa de pago", "Promise to pay"))]/>
                            <Field name="amount" label=tr!(lang, "Importe", "Amount") prefix="$" suffix="MXN" short=true inputmode="decimal"/>
                            <RadioGroup name="way" legend=tr!(lang, "Canal", "Channel") options=vec![Choice::new("call", tr!(lang, "Llamada", "Call")), Choice::new("sms", "SMS")]/>
                            <div class="row"><Button>{tr!(lang, "Guardar", "Save")}</Button><Button kind=ButtonKind::Danger>{tr!(lang, "Reversar pago", "Reverse payment")}</Button><Button kind=ButtonKind::Quiet>{tr!(lang, "Cancelar", "Cancel")}</Button></div>
                        </PostForm>
                    </Card>
                    <Card title=tr!(lang, "Historial", "History")>
                        <Timeline>
                            <TimelineItem when=format::date_short(day(11, 20), locale) title=tr!(lang, "Pago recibido", "Payment received") tone=Tone::Success>"$ 500.00 MXN"</TimelineItem>
                            <TimelineItem when=format::date_short(day(11, 12), locale) title=tr!(lang, "Promesa incumplida", "Promise broken") tone=Tone::Warn/>
                            <TimelineItem when=format::date_short(day(11, 2), locale) title=tr!(lang, "Llamada: no contestó", "Call: no answer")/>
                        </Timeline>
                    </Card>
                </div>
                <aside>
                    <Card>
                        <Amount money=mxn(1_234_567) label=tr!(lang, "Saldo", "Balance") small=true/>
                        <KeyValue>
                            <Pair term=tr!(lang, "Etapa", "Stage")><StageBadge stage=domain::account::Stage::Late/></Pair>
                            <Pair term=tr!(lang, "Días de mora", "Days past due")>"45"</Pair>
                            <Pair term=tr!(lang, "Teléfono", "Phone")>"+52 55 1234 5678"</Pair>
                        </KeyValue>
                    </Card>
                </aside>
            </div>
        </ConsoleLayout>
    }
}

#[component]
fn SignIn() -> impl IntoView {
    let lang = use_lang();
    view! {
        <PlainLayout title=tr!(lang, "Iniciar sesión", "Sign in")>
            <PostForm action="/console/sign-in">
                <Field name="email" kind="email" label=tr!(lang, "Correo electrónico", "E-mail") autocomplete="username"/>
                <Field name="password" kind="password" label=tr!(lang, "Contraseña", "Password") autocomplete="current-password"/>
                <Button>{tr!(lang, "Entrar", "Sign in")}</Button>
            </PostForm>
        </PlainLayout>
    }
}

#[component]
fn FieldDay() -> impl IntoView {
    let lang = use_lang();
    let stop = |n: u32, name: &'static str, place: &'static str| {
        view! {
            <li><a class="stop" href="/field/visit">
                <span class="stop-number">{n}</span>
                <span><strong>{name}</strong><small>{place}</small></span>
                <Icon glyph=Glyph::ChevronRight/>
            </a></li>
        }
    };
    view! {
        <FieldLayout title=tr!(lang, "Hoy: 3 visitas", "Today: 3 visits")
            sync=move || view! { <Icon glyph=Glyph::RefreshCw/>" "{tr!(lang, "3 por enviar · guardado en el teléfono", "3 to send · saved on the phone")} }
        >
            <ul class="stops">
                {stop(1, "María Fernanda López", "Av. Juárez 120, Centro")}
                {stop(2, "Comercial del Norte S.A.", "Calle 5 de Mayo 34, int. 2")}
                {stop(3, "José Ángel Ñandú", "Insurgentes Sur 1602")}
            </ul>
            <Notice tone=Tone::Info>{tr!(lang, "Sin señal: puede seguir trabajando.", "No signal: you can keep working.")}</Notice>
            <nav class="tab-bar">
                <a href="/field" aria-current="page"><Icon glyph=Glyph::Route/>{tr!(lang, "Ruta", "Route")}</a>
                <a href="/field/cash"><Icon glyph=Glyph::Wallet/>{tr!(lang, "Caja", "Cash")}</a>
                <a href="/field/more"><Icon glyph=Glyph::User/>{tr!(lang, "Yo", "Me")}</a>
            </nav>
        </FieldLayout>
    }
}

#[component]
fn FieldVisit() -> impl IntoView {
    let lang = use_lang();
    view! {
        <FieldLayout title="María Fernanda López" back="/field"
            sync=move || tr!(lang, "Todo enviado", "All sent")
            action=move || view! { <Button icon=Glyph::Banknote>{tr!(lang, "Cobrar", "Take payment")}</Button> }
        >
            <Amount money=mxn(1_234_567) label=tr!(lang, "Saldo", "Balance")/>
            <RadioGroup name="result" legend=tr!(lang, "¿Qué pasó?", "What happened?") options=vec![
                Choice::new("paid", tr!(lang, "Pagó", "Paid")), Choice::new("promise", tr!(lang, "Prometió pagar", "Promised to pay")), Choice::new("away", tr!(lang, "No estaba", "Not at home")),
            ]/>
            <Field name="amount" label=tr!(lang, "Importe recibido", "Amount received") prefix="$" suffix="MXN" inputmode="decimal"/>
        </FieldLayout>
    }
}
