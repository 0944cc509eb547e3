//! Who may see and do what, from outside.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::expect_used, clippy::string_slice, dead_code, reason = "tests fail by panicking")]

mod support;

use reqwest::StatusCode;
use support::Server;
use testkit::both;

const ANA: &str = "DEMO900101AA1";
const CARLOS: &str = "DEMO850615BB2";

both!(a_debtor_sees_only_their_own, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let (ana, carlos) = (server.debtor(ANA).await, server.debtor(CARLOS).await);
    let debt = ana.first_link("/deudas", "/deudas/").await;
    for page in [debt.clone(), format!("{debt}/pagar"), format!("{debt}/no-puedo")] {
        assert_eq!(ana.get(&page).await.unwrap().status(), StatusCode::OK, "{page}");
        assert_eq!(carlos.get(&page).await.unwrap().status(), StatusCode::NOT_FOUND, "{page}");
        assert_eq!(server.browser().get(&page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
    }
    let pay = [("choice", "all")];
    assert_eq!(carlos.post(&format!("{debt}/pagar"), &pay).await.unwrap().status(), StatusCode::NOT_FOUND);
    // The console does not know the portal's cookie.
    assert_eq!(ana.get("/console/cuentas").await.unwrap().status(), StatusCode::SEE_OTHER);
});

both!(cases_belong_to_whoever_opened_them, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let (ana, carlos) = (server.debtor(ANA).await, server.debtor(CARLOS).await);
    let debt = ana.first_link("/deudas", "/deudas/").await;
    let (no, help) = (format!("{debt}/no-estoy-de-acuerdo"), format!("{debt}/ayuda"));
    let key = uuid::Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001).to_string();
    let form = [("kind", "dispute"), ("says", "ya pagué"), ("key", key.as_str())];
    for page in [&no, &help] {
        assert_eq!(ana.get(page).await.unwrap().status(), StatusCode::OK, "{page}");
        assert_eq!(carlos.get(page).await.unwrap().status(), StatusCode::NOT_FOUND, "{page}");
        assert_eq!(
            carlos.post(page, &[("kind", "hardship")]).await.unwrap().status().as_u16() / 100,
            4,
            "{page}"
        );
        assert_eq!(server.browser().get(page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
    }
    assert_eq!(carlos.post(&no, &form).await.unwrap().status(), StatusCode::NOT_FOUND);
    let forged = ana.post_from(&no, &form, "http://evil.example").await.unwrap();
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    // A kind of the other page is none of this one's.
    assert_eq!(ana.post(&help, &form).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        assert_eq!(ana.post(&no, &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    }
    let case = format!("/casos/{key}");
    let list = ana.get("/casos").await.unwrap().text().await.unwrap();
    assert_eq!(list.matches(&case).count(), 1, "the same form twice is one case");
    assert!(!carlos.get("/casos").await.unwrap().text().await.unwrap().contains(&key));
    assert_eq!(ana.get(&case).await.unwrap().status(), StatusCode::OK);
    assert_eq!(carlos.get(&case).await.unwrap().status(), StatusCode::NOT_FOUND);
    let message = [("body", "hola")];
    assert_eq!(carlos.post(&case, &message).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(
        carlos.post(&format!("{case}/reabrir"), &[("why", "x")]).await.unwrap().status(),
        StatusCode::NOT_FOUND
    );

    let desk = format!("/console/casos/{key}");
    let (agent, auditor) = (server.staff("agente").await, server.staff("auditora").await);
    for page in ["/console/casos", &desk] {
        assert_eq!(agent.get(page).await.unwrap().status(), StatusCode::OK, "{page}");
        assert_eq!(auditor.get(page).await.unwrap().status(), StatusCode::FORBIDDEN, "{page}");
        assert_eq!(ana.get(page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
    }
    let take = [("step", "take")];
    assert_eq!(auditor.post(&desk, &take).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(agent.post_from(&desk, &take, "null").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(agent.post(&desk, &take).await.unwrap().status(), StatusCode::SEE_OTHER);
    let empty = [("step", "answer"), ("outcome", "rejected"), ("answer", "")];
    assert_eq!(agent.post(&desk, &empty).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
});

both!(what_is_told_and_held_belongs_to_its_person, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let (ana, carlos) = (server.debtor(ANA).await, server.debtor(CARLOS).await);
    let debt = ana.first_link("/deudas", "/deudas/").await;
    let tell = format!("{debt}/ya-pague");
    let key = uuid::Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0002).to_string();
    let form = [
        ("key", key.as_str()),
        ("amount", "10.00"),
        ("paid_on", "2026-11-18"),
        ("way", "store"),
        ("place", "Tienda"),
    ];
    assert_eq!(carlos.get(&tell).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(carlos.post(&tell, &form).await.unwrap().status(), StatusCode::NOT_FOUND);
    let nothing = ana.post(&tell, &[("amount", "")]).await.unwrap();
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        ana.post_from(&tell, &form, "http://evil.example").await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    for _ in 0..2 {
        assert_eq!(ana.post(&tell, &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    }
    let report = format!("/pagos-reportados/{key}");
    assert_eq!(ana.get(&report).await.unwrap().status(), StatusCode::OK);
    assert_eq!(carlos.get(&report).await.unwrap().status(), StatusCode::NOT_FOUND);

    // Who may work on it, and on statements and bank details.
    let (agent, auditor) = (server.staff("agente").await, server.staff("auditora").await);
    let (supervisor, manager) = (server.staff("supervisora").await, server.staff("gerente").await);
    let desk = format!("/console/pagos-reportados/{key}");
    for page in ["/console/pagos-reportados", &desk] {
        assert_eq!(agent.get(page).await.unwrap().status(), StatusCode::OK, "{page}");
        assert_eq!(auditor.get(page).await.unwrap().status(), StatusCode::FORBIDDEN, "{page}");
        assert_eq!(ana.get(page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
    }
    let confirm =
        [("step", "confirm"), ("amount", "10.00"), ("received_on", "2026-11-18"), ("method", "office_cash")];
    assert_eq!(auditor.post(&desk, &confirm).await.unwrap().status(), StatusCode::FORBIDDEN);
    for _ in 0..2 {
        assert_eq!(agent.post(&desk, &confirm).await.unwrap().status(), StatusCode::SEE_OTHER);
    }
    assert!(ana.get(&report).await.unwrap().text().await.unwrap().contains("/recibos/"));
    let statements = "/console/estados-de-cuenta";
    assert_eq!(agent.get(statements).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(supervisor.get(statements).await.unwrap().status(), StatusCode::OK);
    let bank = [
        ("currency", "MXN"),
        ("bank", "Otro"),
        ("number_kind", "Cuenta"),
        ("number", "1"),
        ("holder", "Nosotros"),
    ];
    let details = "/console/datos-bancarios";
    assert_eq!(supervisor.post(details, &bank).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(manager.post(details, &bank).await.unwrap().status(), StatusCode::SEE_OTHER);
    let empty = [("currency", "MXN"), ("bank", "")];
    assert_eq!(manager.post(details, &empty).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    let pay = ana.get(&format!("{debt}/pagar")).await.unwrap().text().await.unwrap();
    assert!(pay.contains("Nosotros"), "what the manager wrote is what debtors see");

    // One's own data, and nobody else's.
    let (mine, theirs) = (
        ana.get("/mis-datos").await.unwrap().text().await.unwrap(),
        carlos.get("/mis-datos").await.unwrap().text().await.unwrap(),
    );
    assert!(mine.contains(ANA) && !mine.contains(CARLOS) && theirs.contains(CARLOS) && !theirs.contains(ANA));
    for page in ["/mis-datos", "/mis-datos/exportar", "/mis-datos/corregir", "/mis-preferencias"] {
        assert_eq!(ana.get(page).await.unwrap().status(), StatusCode::OK, "{page}");
        assert_eq!(server.browser().get(page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
        assert_eq!(agent.get(page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
    }
    let file = ana.post("/mis-datos/exportar", &[("x", "")]).await.unwrap();
    let named = file.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(named, "attachment; filename=\"mis-datos-2026-11-20.json\"");
    let wrong = ana.post("/mis-datos/corregir", &[("what", "phone"), ("right", "")]).await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("what", "phone"), ("right", "5550001111")];
    assert_eq!(ana.post("/mis-datos/corregir", &right).await.unwrap().status(), StatusCode::SEE_OTHER);
    let wishes = [("point", ""), ("language", "en"), ("from", "10:00"), ("to", "12:00"), ("days", "Mon")];
    assert_eq!(ana.post("/mis-preferencias", &wishes).await.unwrap().status(), StatusCode::SEE_OTHER);
    let kept = ana.get("/mis-preferencias").await.unwrap().text().await.unwrap();
    assert!(kept.contains("value=\"10:00\""));
    let no_time = ana.post("/mis-preferencias/llamada", &[("hours", "")]).await.unwrap();
    assert_eq!(no_time.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(no_time.text().await.unwrap().contains("value=\"10:00\""), "the other form keeps what is kept");
    let call = [("hours", "mañana de 4 a 6")];
    assert_eq!(ana.post("/mis-preferencias/llamada", &call).await.unwrap().status(), StatusCode::SEE_OTHER);
});

both!(a_role_does_only_what_it_may, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let (agent, auditor) = (server.staff("agente").await, server.staff("auditora").await);
    let collector = server.staff("cobrador1").await;
    let account = agent.first_link("/console/cuentas", "/console/cuentas/").await;
    assert_eq!(auditor.get(&account).await.unwrap().status(), StatusCode::OK);
    assert_eq!(collector.get(&account).await.unwrap().status(), StatusCode::FORBIDDEN);
    let note = [("channel", "call"), ("disposition", "no_answer"), ("note", "x")];
    let refused = auditor.post(&format!("{account}/gestiones"), &note).await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN, "an auditor changes nothing");
    assert_eq!(agent.get("/console/importar").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(agent.get("/console/auditoria").await.unwrap().status(), StatusCode::FORBIDDEN);

    let form = [("pay_amount", "1.00"), ("pay_method", "office_cash"), ("received_on", "2026-11-20")];
    assert_eq!(agent.post(&format!("{account}/pagos"), &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    let receipt = agent.first_link(&account, "/console/recibos/").await;
    let payment = receipt.rsplit('/').next().unwrap();
    let reverse = format!("/console/pagos/{payment}/revertir");
    let reason = [("reason", "cuenta equivocada")];
    assert_eq!(agent.post(&reverse, &reason).await.unwrap().status(), StatusCode::FORBIDDEN);
    let supervisor = server.staff("supervisora").await;
    assert_eq!(supervisor.post(&reverse, &reason).await.unwrap().status(), StatusCode::SEE_OTHER);
});

both!(only_our_own_pages_change_things, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let agent = server.staff("agente").await;
    let account = agent.first_link("/console/cuentas", "/console/cuentas/").await;
    let form = [("pay_amount", "1.00"), ("pay_method", "office_cash"), ("received_on", "2026-11-20")];
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        let answer = agent.post_from(&format!("{account}/pagos"), &form, origin).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
    }
});

both!(sign_in_locks_and_tells_nothing, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let browser = server.browser();
    let try_in = async |login: &str, password: &str| {
        browser.post("/console/entrar", &[("login", login), ("password", password)]).await.unwrap()
    };
    let (unknown, wrong) = (try_in("nadie", "x").await, try_in("agente", "x").await);
    assert_eq!(
        (unknown.status(), wrong.status()),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
    for _ in 0..4 {
        try_in("agente", "x").await;
    }
    let locked = try_in("agente", services::demo::PASSWORD).await;
    assert_ne!(locked.status(), StatusCode::SEE_OTHER, "the right password does not open a locked account");

    let answers: Vec<_> = [ANA, "NADIE0000000"].map(|document| [("document", document)]).to_vec();
    let mut pages = Vec::new();
    for form in &answers {
        let challenge = support::location(&browser.post("/", form).await.unwrap());
        let page = browser.get(&challenge).await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        pages.push(page.text().await.unwrap().replace(&challenge, ""));
    }
    assert_eq!(pages[0], pages[1], "a known and an unknown document look the same");
});

both!(nothing_personal_stands_in_the_metrics, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let ana = server.debtor(ANA).await;
    let debt = ana.first_link("/deudas", "/deudas/").await;
    ana.get(&debt).await.unwrap();
    let metrics = ana.get("/metrics").await.unwrap().text().await.unwrap();
    assert!(metrics.contains("/deudas/{id}") && !metrics.contains(&debt), "routes by their pattern");
    assert!(!metrics.contains(ANA));
});

both!(letters_and_calls_are_for_those_whose_work_they_are, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let (agent, auditor) = (server.staff("agente").await, server.staff("auditora").await);
    let (supervisor, manager) = (server.staff("supervisora").await, server.staff("gerente").await);
    let (letters, batch) = ("/console/cartas", "/console/cartas/0193a000-0000-7000-8000-000000000001");
    assert_eq!(agent.get(letters).await.unwrap().status(), StatusCode::FORBIDDEN);
    for browser in [&auditor, &supervisor, &manager] {
        let page = browser.get(letters).await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.text().await.unwrap();
        assert!(page.contains("Ninguna carta espera") && page.contains("Av. Insurgentes Sur 1602"));
        assert_eq!(browser.get(batch).await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    let sender = [("step", "sender"), ("sender", "Calle 1")];
    assert_eq!(supervisor.post(letters, &sender).await.unwrap().status(), StatusCode::FORBIDDEN);
    let refused = manager.post(letters, &sender).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.unwrap().contains(">Calle 1</textarea>"), "what was typed is kept");
    let sender = [("step", "sender"), ("sender", "Calle 1\n06000 México")];
    assert_eq!(
        manager.post_from(letters, &sender, "http://evil.example").await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(manager.post(letters, &sender).await.unwrap().status(), StatusCode::SEE_OTHER);
    let returned = [("step", "came_back"), ("reference", "9-9")];
    assert_eq!(auditor.post(letters, &returned).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(supervisor.post(letters, &returned).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(auditor.get(&format!("{batch}/pdf")).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(supervisor.get(&format!("{batch}/pdf")).await.unwrap().status(), StatusCode::NOT_FOUND);
    // Calls are for whoever sees accounts; answers for whoever handles what people say.
    for browser in [&agent, &auditor, &manager] {
        let page = browser.get("/console/llamadas").await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.text().await.unwrap().contains("No hay llamadas pedidas"));
    }
    let ana = server.debtor(ANA).await;
    for page in ["/console/llamadas", letters] {
        assert_eq!(ana.get(page).await.unwrap().status(), StatusCode::SEE_OTHER, "{page}");
    }
    let account = agent.first_link("/console/cuentas", "/console/cuentas/").await;
    let unknown = "0193a000-0000-7000-8000-000000000001";
    let answer = [("answer", "hola"), ("answer_to", unknown), ("answer_key", unknown)];
    let lift = [("point", unknown), ("lift_reason", "la confirmó")];
    for (form, at) in [(&answer[..], "respuestas"), (&lift[..], "contactos")] {
        let at = format!("{account}/{at}");
        assert_eq!(agent.post(&at, form).await.unwrap().status(), StatusCode::NOT_FOUND, "{at}");
        assert_eq!(auditor.post(&at, form).await.unwrap().status(), StatusCode::FORBIDDEN, "{at}");
    }
    // A link of a message leads to the first page, whether it is ours or not.
    for code in ["0123456789ab", "x"] {
        let led = server.browser().get(&format!("/i/{code}")).await.unwrap();
        assert_eq!((led.status(), led.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
    }
});
