//! Cases of debtors: opened once, held, answered, reopened, and nobody else's business.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use chrono::Duration;
use domain::access::{Actor, ActorKind, Role};
use domain::account::{Account, ActivityChannel, Disposition};
use domain::cases::{CaseKind, CaseOutcome, CaseStatus};
use domain::contact::{Channel, ContactCase, Decision, Overrides, Reason, Rules, StopKind, decide};
use domain::field::{EnrolRequest, Stop};
use domain::ids::{AccountId, CaseId, OrganizationId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::accounts::AccountFilter;
use services::cases::{CaseFilter, ComplaintFile, NewCase, NewFile, REDECO, SERNAC};
use services::verify::VerifyScope;
use services::work::RecordActivity;
use services::{ServiceError, ServiceResult, Services};
use testkit::{Bench, both, staff};
use uuid::Uuid;

const SECRET: &str = "vivo en la calle Secreta 99 y debo menos";

/// Accounts of so many different people.
async fn debts(bench: &Bench, org: OrganizationId, count: usize) -> Vec<Account> {
    let db = bench.services.db.read();
    let lines = bench
        .services
        .list_accounts(&staff(org, Role::Agent), &AccountFilter::default())
        .await
        .unwrap()
        .lines;
    let mut found: Vec<Account> = Vec::new();
    for line in lines {
        let account = store::accounts::find(db, org, AccountId(line.id)).await.unwrap().unwrap();
        if found.iter().all(|known| known.debtor_id != account.debtor_id) {
            found.push(account);
        }
    }
    found.truncate(count);
    assert_eq!(found.len(), count);
    found
}

const fn person(org: OrganizationId, account: &Account) -> Actor {
    Actor { organization_id: org, kind: ActorKind::Debtor { party_id: account.debtor_id } }
}

fn file(name: &str, bytes: &[u8]) -> NewFile {
    NewFile { name: name.to_owned(), bytes: bytes.to_vec() }
}

fn new(services: &Services, account: &Account, kind: CaseKind) -> NewCase {
    NewCase {
        key: services.new_id(),
        account: Some(account.id),
        kind,
        says: SECRET.to_owned(),
        call_hours: if kind == CaseKind::CallRequest { "de 4 a 6".to_owned() } else { String::new() },
        files: Vec::new(),
    }
}

fn field<T>(result: ServiceResult<T>) -> &'static str {
    match result {
        Err(ServiceError::Invalid(issues)) => issues[0].field,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was let through"),
    }
}

fn is_not_found<T>(result: ServiceResult<T>) -> bool {
    matches!(result, Err(ServiceError::NotFound))
}

fn is_denied<T>(result: ServiceResult<T>) -> bool {
    matches!(result, Err(ServiceError::Denied(_)))
}

both!(a_dispute_is_held_answered_and_reopened, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let (me, agent) = (person(org, &debt), staff(org, Role::Agent));
    let mut case = new(services, &debt, CaseKind::Dispute);
    case.files = vec![file("C:\\fotos\\recibo.pdf", b"%PDF-1.7 recibo")];
    let id = services.open_case(&me, case).await.unwrap();

    // It holds the debt at once; the contact rules hear of it, and no visit is planned.
    let stops = services.contact_stops(&agent, debt.id).await.unwrap();
    assert_eq!(stops.iter().map(|stop| stop.kind).collect::<Vec<_>>(), [StopKind::Dispute]);
    let mut contact = ContactCase::new(Channel::Call, services.now() + Duration::hours(1));
    contact.stops = stops;
    let overrides = Overrides::default();
    let rules = Rules::embedded("MX", contact.at.date_naive(), &overrides).unwrap();
    let Decision::Refused(refusal) = decide(rules, &contact).unwrap() else { panic!("allowed") };
    assert_eq!(refusal.reason, Reason::LegalStop);
    let supervisor = staff(org, Role::Supervisor);
    let collector = services.collectors(&supervisor).await.unwrap()[0].id;
    let day = services.today(org).await.unwrap();
    assert_eq!(field(services.plan_visit(&supervisor, debt.id, collector, day).await), "visit_on");

    let view = services.my_case(&me, id).await.unwrap();
    assert_eq!((view.says.as_str(), view.holds.as_slice()), (SECRET, &[StopKind::Dispute][..]));
    assert_eq!(view.evidence[0].name, "recibo.pdf");
    assert_eq!(view.line.due_on, "2026-12-11".parse().unwrap(), "15 business days");
    let (shown, bytes) = services.case_file(&agent, id, view.evidence[0].id).await.unwrap();
    assert_eq!((shown.media_type.as_str(), bytes.as_slice()), ("application/pdf", &b"%PDF-1.7 recibo"[..]));

    // Nobody answers what nobody looked into; then two-way messages, and the answer.
    assert_eq!(field(services.answer_case(&agent, id, CaseOutcome::Rejected, "no").await), "");
    services.take_case(&agent, id).await.unwrap();
    let key = services.new_id();
    for _ in 0..2 {
        services.write_to_person(&agent, id, (key, "¿Tiene el recibo de mayo?"), true).await.unwrap();
    }
    let view = services.my_case(&me, id).await.unwrap();
    assert_eq!(view.line.progress.status, CaseStatus::WaitingForPerson);
    assert_eq!(view.messages.len(), 1);
    assert_eq!(field(services.write_in_case(&me, id, (services.new_id(), " "), Vec::new()).await), "body");
    let photo = vec![file("mayo.png", b"\x89PNG\r\n\x1a\n1")];
    services.write_in_case(&me, id, (services.new_id(), "Aquí está"), photo).await.unwrap();
    let view = services.case_view(&agent, id).await.unwrap();
    assert_eq!(view.line.progress.status, CaseStatus::InReview);
    assert_eq!(view.evidence.len(), 2);
    assert_eq!(field(services.answer_case(&agent, id, CaseOutcome::Rejected, " ").await), "answer");
    services.answer_case(&agent, id, CaseOutcome::Rejected, "El saldo es correcto.").await.unwrap();
    assert_eq!(
        services.contact_stops(&agent, debt.id).await.unwrap(),
        [],
        "a rejected dispute holds no more"
    );
    let view = services.my_case(&me, id).await.unwrap();
    assert_eq!(view.answer.as_deref(), Some("El saldo es correcto."));
    services.plan_visit(&supervisor, debt.id, collector, day).await.unwrap();

    // The person does not accept it, in time; the hold and a new day come back.
    services.close_case(&agent, id).await.unwrap();
    bench.clock.advance(Duration::days(20));
    assert_eq!(field(services.reopen_case(&me, id, (services.new_id(), "")).await), "why");
    services.reopen_case(&me, id, (services.new_id(), "Faltan dos pagos")).await.unwrap();
    let view = services.my_case(&me, id).await.unwrap();
    assert_eq!((view.line.progress.status, view.answer), (CaseStatus::Open, None));
    assert!(
        view.messages.iter().any(|message| message.body == "El saldo es correcto."),
        "it can still be read"
    );
    assert!(view.line.due_on > "2026-12-20".parse().unwrap());
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap().len(), 1);
    services.take_case(&agent, id).await.unwrap();
    services.answer_case(&agent, id, CaseOutcome::Upheld, "Faltaban.").await.unwrap();
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap().len(), 1, "until it is acted upon");
    services.close_case(&agent, id).await.unwrap();
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap(), []);
    bench.clock.advance(Duration::days(31));
    assert_eq!(field(services.reopen_case(&me, id, (services.new_id(), "tarde")).await), "");

    // All of it can be proven, and none of it is told in the trail.
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
    let rows = store::entities::audit_rows::Entity::find().all(services.db.read()).await.unwrap();
    let of_case: Vec<_> = rows.iter().filter(|row| row.action.starts_with("case.")).collect();
    let named = |action: &str| of_case.iter().filter(|row| row.action == action).count();
    let counts =
        ["case.opened", "case.taken", "case.written", "case.answered", "case.closed", "case.reopened"];
    assert_eq!(counts.map(named), [1, 2, 2, 2, 2, 1]);
    for row in of_case {
        let text = format!("{row:?}");
        for told in ["Secreta", "recibo", "mayo", "Faltan", "correcto"] {
            assert!(!text.contains(told), "{told} in {}", row.action);
        }
    }
});

both!(one_form_is_one_case_however_often_it_comes, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let found = debts(&bench, org, 2).await;
    let me = person(org, &found[0]);
    let mut case = new(services, &found[0], CaseKind::Hardship);
    case.files = vec![file("a.jpg", b"\xff\xd8\xff\xe0")];
    let posts = (0..8).map(|_| {
        let (services, me, case) = (services.clone(), me.clone(), case.clone());
        tokio::spawn(async move { services.open_case(&me, case).await })
    });
    for post in posts.collect::<Vec<_>>() {
        assert_eq!(post.await.unwrap().unwrap(), CaseId(case.key));
    }
    assert_eq!(services.my_cases(&me).await.unwrap().len(), 1);
    assert_eq!(services.my_holds(&me).await.unwrap().len(), 1);
    assert_eq!(services.my_case(&me, CaseId(case.key)).await.unwrap().evidence.len(), 1);
    // The key of somebody else's case opens nothing and tells nothing.
    let stranger = person(org, &found[1]);
    let stolen = NewCase { key: case.key, ..new(services, &found[1], CaseKind::Dispute) };
    assert!(is_not_found(services.open_case(&stranger, stolen).await));
    assert_eq!(services.my_cases(&stranger).await.unwrap().len(), 0);
});

both!(a_case_is_nobody_elses_business, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let found = debts(&bench, org, 2).await;
    let (me, other) = (person(org, &found[0]), person(org, &found[1]));
    let mut case = new(services, &found[0], CaseKind::Vulnerability);
    case.files = vec![file("a.png", b"\x89PNG\r\n\x1a\n")];
    let id = services.open_case(&me, case).await.unwrap();
    let evidence = services.my_case(&me, id).await.unwrap().evidence[0].id;

    let not_mine = new(services, &found[0], CaseKind::Dispute);
    assert!(is_not_found(services.open_case(&other, not_mine).await), "a debt of somebody else");
    let own = services.open_case(&other, new(services, &found[1], CaseKind::Complaint)).await.unwrap();
    let abroad = OrganizationId(Uuid::from_u128(77));
    let elsewhere = Actor { organization_id: abroad, ..me.clone() };
    for actor in [&other, &elsewhere] {
        assert!(is_not_found(services.my_case(actor, id).await));
        assert!(is_not_found(services.case_file(actor, id, evidence).await));
        assert!(is_not_found(services.write_in_case(actor, id, (services.new_id(), "x"), Vec::new()).await));
        assert!(is_not_found(services.reopen_case(actor, id, (services.new_id(), "x")).await));
    }
    assert!(is_not_found(services.case_file(&other, own, evidence).await), "a file under one's own case");
    for role in [Role::Auditor, Role::FieldCollector] {
        let actor = staff(org, role);
        assert!(is_denied(services.case_queue(&actor, &CaseFilter::default()).await), "{role}");
        assert!(is_denied(services.case_view(&actor, id).await));
        assert!(is_denied(services.case_file(&actor, id, evidence).await));
        assert!(is_denied(services.take_case(&actor, id).await));
        assert!(is_denied(services.answer_case(&actor, id, CaseOutcome::Upheld, "x").await));
        assert!(is_denied(services.close_case(&actor, id).await));
        assert!(is_denied(services.lift_hold(&actor, id, "x").await));
        assert!(is_denied(services.write_to_person(&actor, id, (services.new_id(), "x"), false).await));
    }
    let foreign = staff(abroad, Role::Admin);
    assert!(is_not_found(services.case_view(&foreign, id).await));
    assert!(is_not_found(services.take_case(&foreign, id).await));
    assert!(is_not_found(services.case_file(&foreign, id, evidence).await));
    assert!(is_not_found(services.contact_stops(&foreign, found[0].id).await));
    assert!(
        is_denied(services.answer_case(&me, id, CaseOutcome::Upheld, "x").await),
        "nobody judges their own case"
    );
    assert!(matches!(
        services.open_case(&staff(org, Role::Admin), new(services, &found[0], CaseKind::Dispute)).await,
        Err(ServiceError::NotSignedIn)
    ));
});

both!(what_cannot_be_kept_is_refused_and_leaves_nothing, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let me = person(org, &debt);
    let base = || new(services, &debt, CaseKind::Dispute);
    let pdf = || file("a.pdf", b"%PDF-1.7");
    let mut large = b"%PDF-1.7".to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    for files in [
        vec![file("virus.pdf", b"MZ....")],
        vec![pdf(), file("pagina.png", b"<html>")],
        vec![pdf(), pdf(), pdf(), pdf()],
        vec![file("grande.pdf", &large)],
    ] {
        assert_eq!(field(services.open_case(&me, NewCase { files, ..base() }).await), "files");
    }
    let long = NewCase { says: "ñ".repeat(4_001), ..base() };
    assert_eq!(field(services.open_case(&me, long).await), "says");
    let call = NewCase { kind: CaseKind::CallRequest, ..base() };
    assert_eq!(field(services.open_case(&me, call).await), "hours");
    assert_eq!(services.my_cases(&me).await.unwrap().len(), 0);
    assert_eq!(services.my_holds(&me).await.unwrap(), []);
    // An error is for logs: it holds nothing that was typed.
    let error =
        services.open_case(&me, NewCase { files: vec![file(SECRET, b"x")], ..base() }).await.unwrap_err();
    assert!(!error.to_string().contains("Secreta"));
    // So many may wait at a time.
    for _ in 0..20 {
        services.open_case(&me, base()).await.unwrap();
    }
    assert_eq!(field(services.open_case(&me, base()).await), "");
});

both!(the_queue_is_by_deadline_and_whole, |bench| {
    let org = bench.demo(120).await;
    let services = &bench.services;
    let agent = staff(org, Role::Agent);
    let kinds = [CaseKind::Dispute, CaseKind::CallRequest, CaseKind::Bereavement, CaseKind::DataCorrection];
    let found = debts(&bench, org, 14).await;
    for (index, debt) in found.iter().cycle().take(56).enumerate() {
        let case = new(services, debt, kinds[index % kinds.len()]);
        services.open_case(&person(org, debt), case).await.unwrap();
    }
    let first = services.case_queue(&agent, &CaseFilter::default()).await.unwrap();
    assert_eq!(first.lines.len(), 50);
    let next = CaseFilter { after: first.next, ..CaseFilter::default() };
    let second = services.case_queue(&agent, &next).await.unwrap();
    assert_eq!((second.lines.len(), second.next), (6, None));
    let all: Vec<_> = first.lines.iter().chain(&second.lines).collect();
    assert!(all.windows(2).all(|pair| (pair[0].due_on, pair[0].id) < (pair[1].due_on, pair[1].id)));
    assert_eq!(all[0].kind, CaseKind::CallRequest);
    assert!(all.iter().all(|line| !line.debtor.is_empty() && line.account.is_some()));
    let of = |kind| CaseFilter { kind: Some(kind), ..CaseFilter::default() };
    assert_eq!(services.case_queue(&agent, &of(CaseKind::Bereavement)).await.unwrap().lines.len(), 14);

    // What is answered leaves the queue; what is late is found.
    let done = all[0].id;
    services.take_case(&agent, done).await.unwrap();
    let mine = CaseFilter { taken_by: Some(agent.audit_name()), ..CaseFilter::default() };
    assert_eq!(services.case_queue(&agent, &mine).await.unwrap().lines.len(), 1);
    services.answer_case(&agent, done, CaseOutcome::Upheld, "Le llamamos.").await.unwrap();
    assert_eq!(services.case_queue(&agent, &of(CaseKind::CallRequest)).await.unwrap().lines.len(), 13);
    let answered = CaseFilter { status: Some(CaseStatus::Answered), ..CaseFilter::default() };
    assert_eq!(services.case_queue(&agent, &answered).await.unwrap().lines[0].id, done);
    bench.clock.advance(Duration::days(5));
    let today = services.today(org).await.unwrap();
    let late = CaseFilter { due_before: Some(today), ..CaseFilter::default() };
    let late = services.case_queue(&agent, &late).await.unwrap();
    assert_eq!(late.lines.iter().filter(|line| line.kind == CaseKind::CallRequest).count(), 13);
    assert!(late.lines.iter().all(|line| line.is_late(today)));
    assert_eq!(services.cases_of(&agent, found[0].id).await.unwrap().len(), 4);
});

both!(holds_of_a_person_cover_every_debt_and_are_lifted_by_hand, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let agent = staff(org, Role::Agent);
    let debt = debts(&bench, org, 1).await.remove(0);
    let me = person(org, &debt);
    let id = services.open_case(&me, new(services, &debt, CaseKind::LegalRepresentation)).await.unwrap();
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap()[0].kind, StopKind::Attorney);
    let other = AccountId(Uuid::from_u128(5));
    assert!(services.my_holds(&me).await.unwrap()[0].covers(other), "every debt of the person");
    assert_eq!(field(services.lift_hold(&agent, id, "ya no").await), "", "it waits for its answer");
    services.take_case(&agent, id).await.unwrap();
    services.answer_case(&agent, id, CaseOutcome::Upheld, "Hablaremos con su abogada.").await.unwrap();
    services.close_case(&agent, id).await.unwrap();
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap().len(), 1, "a lawyer stays a lawyer");
    assert_eq!(field(services.lift_hold(&agent, id, " ").await), "reason");
    services.lift_hold(&agent, id, "La abogada renunció").await.unwrap();
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap(), []);
    let complaint = services.open_case(&me, new(services, &debt, CaseKind::Complaint)).await.unwrap();
    assert_eq!(services.my_case(&me, complaint).await.unwrap().holds, []);
});

both!(a_visit_that_was_planned_leaves_the_route_with_the_dispute, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let supervisor = staff(org, Role::Supervisor);
    let collector = services.collectors(&supervisor).await.unwrap()[0].id;
    let day = services.today(org).await.unwrap();
    services.plan_visit(&supervisor, debt.id, collector, day).await.unwrap();
    let code = services.issue_enrolment(&supervisor, collector).await.unwrap().code;
    let request = EnrolRequest { code, device_id: Uuid::from_u128(70), label: "prueba".to_owned() };
    let phone = services.enrol_device(&request).await.unwrap();
    let session = services.field_session(&phone.tokens.access_token).await.unwrap();
    let pull = async |cursor: &str| services.pull_route(&session, cursor).await.unwrap();
    let before = pull("").await;
    let is_there = |stops: &[Stop]| stops.iter().any(|stop| stop.account_id == debt.id.0);
    assert!(is_there(&before.stops));
    services.open_case(&person(org, &debt), new(services, &debt, CaseKind::Dispute)).await.unwrap();
    let after = pull(&before.cursor).await;
    assert!(after.reset, "the phone reads its day again");
    assert!(!is_there(&after.stops));
    assert_eq!(after.stops.len(), before.stops.len() - 1);
});

both!(complaints_stand_with_what_came_before_them_and_fill_the_files, |bench| {
    let org = bench.demo(120).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let all = debts(&bench, org, 10).await;
    let people = store::entities::parties::Entity::find().all(services.db.read()).await.unwrap();
    let lives =
        |account: &&Account| people.iter().any(|row| row.id == account.debtor_id.0 && row.country == "MX");
    let mut mexicans = all.iter().filter(lives).cloned();
    let (mexico, chile) = (mexicans.next().unwrap(), mexicans.next().unwrap());
    // The demo's people live elsewhere; one of them moves.
    let tx = services.db.begin().await.unwrap();
    store::entities::parties::Entity::update_many()
        .col_expr(store::entities::parties::Column::Country, Expr::value("CL"))
        .filter(store::entities::parties::Column::Id.eq(chile.debtor_id.0))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for account in [&mexico, &chile] {
        let call = RecordActivity {
            account_id: account.id,
            channel: ActivityChannel::Call,
            disposition: Disposition::NoAnswer,
            note: String::new(),
            source: format!("test:{}", account.id),
        };
        services.record_activity(&agent, call).await.unwrap();
    }
    bench.clock.advance(Duration::hours(2));
    let open = async |account: &Account| {
        let complaint =
            NewCase { says: "=Me llaman de noche".to_owned(), ..new(services, account, CaseKind::Complaint) };
        services.open_case(&person(org, account), complaint).await.unwrap()
    };
    let (first, second) = (open(&mexico).await, open(&chile).await);
    let dispute =
        services.open_case(&person(org, &chile), new(services, &chile, CaseKind::Dispute)).await.unwrap();
    services.take_case(&agent, first).await.unwrap();
    bench.clock.advance(Duration::days(2));
    services.answer_case(&agent, first, CaseOutcome::PartlyUpheld, "No se repetirá.").await.unwrap();

    let today: chrono::NaiveDate = "2026-11-20".parse().unwrap();
    let days = (today, today);
    let found = services.complaints(&agent, days).await.unwrap();
    let ids: Vec<CaseId> = found.iter().map(|one| one.line.id).collect();
    assert!(ids.contains(&first) && ids.contains(&second) && !ids.contains(&dispute));
    let own = found.iter().find(|one| one.line.id == first).unwrap();
    assert_eq!(own.contacts[0].channel, "call");
    assert!(own.contacts.iter().all(|made| made.rules.is_some() && made.at <= own.line.opened_at));
    assert!(own.contacts.windows(2).all(|pair| pair[0].at >= pair[1].at));
    assert_eq!(own.outcome, Some(CaseOutcome::PartlyUpheld));
    let tomorrow = today.succ_opt().unwrap();
    assert!(services.complaints(&agent, (tomorrow, tomorrow)).await.unwrap().is_empty());
    assert_eq!(field(services.complaints(&agent, (tomorrow, today)).await), "hasta");
    assert!(is_denied(services.complaints(&staff(org, Role::Auditor), days).await));
    let elsewhere = staff(OrganizationId(Uuid::from_u128(1)), Role::Admin);
    assert!(services.complaints(&elsewhere, days).await.is_err(), "there is no such organization");

    let csv = services.complaints_csv(&agent, ComplaintFile::Redeco, days).await.unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next().unwrap(), REDECO.join(","));
    let row: Vec<&str> = lines.find(|line| line.contains(&first.to_string())).unwrap().split(',').collect();
    assert_eq!(row.len(), REDECO.len());
    let cell = |name: &str| row[REDECO.iter().position(|known| *known == name).unwrap()];
    assert_eq!(cell("QuejasNoMes"), "11");
    assert_eq!(cell("QuejasFecRecepcion"), "20/11/2026");
    assert_eq!(cell("QuejasEstatus"), "2");
    assert_eq!(cell("QuejasFecResolucion"), "22/11/2026");
    assert_eq!(cell("QuejasRespuesta"), "3");
    assert_eq!((cell("QuejasTipoPersona"), cell("QuejasCausa")), ("1", ""));
    assert!(!csv.contains(&second.to_string()), "of Mexico only");
    let csv = services.complaints_csv(&agent, ComplaintFile::Sernac, days).await.unwrap();
    assert!(csv.starts_with(&SERNAC.join(",")));
    assert!(csv.contains(&second.to_string()) && csv.contains("'=Me llaman de noche"), "{csv}");
    let told = store::entities::audit_rows::Entity::find().all(services.db.read()).await.unwrap();
    assert_eq!(told.iter().filter(|row| row.action == "complaints.exported").count(), 2);
});
