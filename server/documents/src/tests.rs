//! The documents as their reader gets them: words on the page, and the file's promises.

use chrono::{TimeZone, Utc};
use typst::layout::{Frame, FrameItem};

use crate::render::{Sheet, layout};
use crate::{
    AgreementData, CertificateData, Issuer, Lang, LetterData, LettersData, Line, Movement, Paper,
    ReceiptData, StatementData,
};
use crate::{account_statement, agreement, letters, payment_receipt, settlement_certificate};

fn line(label: &str, amount: &str) -> Line {
    Line { label: label.to_owned(), amount: amount.to_owned() }
}

fn issuer() -> Issuer {
    Issuer {
        name: "Recuperadora del Valle".to_owned(),
        details: vec![
            "RFC RVA180512KJ3".to_owned(),
            "ayuda@recuperadora.example · +52 55 5555 0100".to_owned(),
        ],
    }
}

fn receipt() -> ReceiptData {
    ReceiptData {
        issuer: issuer(),
        receipt_number: "R-2026-000481".to_owned(),
        creditor: "Financiera Andina, S.A.".to_owned(),
        debtor_name: "María Fernanda López Ortega".to_owned(),
        debtor_document: "CURP ••••••••••••HDF07".to_owned(),
        account_external_id: "FA-0034-99812".to_owned(),
        amount: "$1,250.00 MXN".to_owned(),
        method: "Tarjeta terminada en 4242".to_owned(),
        reference: Some("01JDX8P3K5".to_owned()),
        paid_on: "20 de noviembre de 2026".to_owned(),
        allocation: vec![
            line("Intereses moratorios", "$310.25"),
            line("Intereses ordinarios", "$189.75"),
            line("Capital", "$750.00"),
        ],
        imputation: Some("Por elección de quien pagó, primero: intereses.".to_owned()),
        balance_after: "$8,420.50 MXN".to_owned(),
        next_step: Some("Tu próximo pago: $1,250.00 MXN el 20 de diciembre de 2026.".to_owned()),
        verification_code: "K7QF-2M9X-4TDA".to_owned(),
        verification_url: "https://pagos.recuperadora.example/verify/K7QF-2M9X-4TDA".to_owned(),
        sandbox: false,
        reversed: false,
        issued_at: Utc.with_ymd_and_hms(2026, 11, 20, 18, 4, 9).unwrap(),
        issued_on: "20 de noviembre de 2026, 12:04 (Ciudad de México)".to_owned(),
        paper: Paper::Letter,
    }
}

fn statement(movements: usize) -> StatementData {
    let receipt = receipt();
    StatementData {
        issuer: issuer(),
        creditor: receipt.creditor,
        debtor_name: receipt.debtor_name,
        debtor_document: receipt.debtor_document,
        account_external_id: receipt.account_external_id,
        period: "1 ago – 20 nov 2026".to_owned(),
        as_of: receipt.paid_on,
        opening_balance: "$10,980.00 MXN".to_owned(),
        closing_balance: "$8,420.50 MXN".to_owned(),
        components: vec![line("Capital", "$8,000.00"), line("Intereses", "$420.50")],
        movements: (1..=movements)
            .map(|n| Movement {
                date: format!("{:02}/10/2026", n % 28 + 1),
                label: format!("Pago {n}"),
                amount: "−$100.00".to_owned(),
                balance: format!("${n},000.00"),
            })
            .collect(),
        content_hash: "5f".repeat(32),
        sandbox: false,
        issued_at: receipt.issued_at,
        issued_on: receipt.issued_on,
        paper: Paper::A4,
    }
}

fn collect(frame: &Frame, words: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect(&group.frame, words),
            FrameItem::Text(run) => words.push_str(&run.text),
            _ => {}
        }
    }
}

/// The words of each page, in setting order.
fn receipt_pages(data: &ReceiptData, lang: Lang) -> Vec<String> {
    let sheet = Sheet::new(data, lang, &data.issuer, &data.issued_on, data.issued_at);
    pages("receipt.typ", &sheet, &data.verification_url)
}

fn pages<T: serde::Serialize>(template: &str, sheet: &Sheet<T>, address: &str) -> Vec<String> {
    let document = layout(template, sheet, address).unwrap();
    document
        .pages()
        .iter()
        .map(|page| {
            let mut words = String::new();
            collect(&page.frame, &mut words);
            words
        })
        .collect()
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn same_data_gives_the_same_bytes_and_other_data_others() {
    let first = payment_receipt(&receipt(), Lang::Es).unwrap();
    assert_eq!(first, payment_receipt(&receipt(), Lang::Es).unwrap());
    let other = ReceiptData { amount: "$1,250.01 MXN".to_owned(), ..receipt() };
    assert_ne!(first, payment_receipt(&other, Lang::Es).unwrap());
}

#[test]
fn a_certificate_says_what_it_is_and_whether_it_counts() {
    let receipt = receipt();
    let data = CertificateData {
        issuer: receipt.issuer,
        title: "Paz y salvo".to_owned(),
        statement: "Cobranza Andina hace constar que Ana no debe nada.".to_owned(),
        creditor: receipt.creditor,
        debtor_name: receipt.debtor_name,
        debtor_document: receipt.debtor_document,
        account_external_id: receipt.account_external_id,
        settled_on: "26 de noviembre de 2026".to_owned(),
        verification_code: receipt.verification_code,
        verification_url: receipt.verification_url,
        sandbox: false,
        reversed: false,
        issued_at: receipt.issued_at,
        issued_on: receipt.issued_on,
        paper: receipt.paper,
    };
    let words = |data: &CertificateData| {
        let sheet = Sheet::new(data, Lang::Es, &data.issuer, &data.issued_on, data.issued_at);
        pages("certificate.typ", &sheet, &data.verification_url)
    };
    let valid = words(&data);
    assert_eq!(valid.len(), 1);
    for word in [&data.title, &data.settled_on, &data.verification_code, &data.debtor_document] {
        assert!(valid[0].contains(word.as_str()), "{word} is missing");
    }
    assert!(!valid[0].contains("ANULADO"));
    let void = CertificateData { reversed: true, ..data };
    assert!(words(&void)[0].contains("ANULADO"));
    assert!(contains(&settlement_certificate(&void, Lang::Pt).unwrap(), "pdfuaid:part"));
}

#[test]
fn an_agreement_says_what_is_paid_when_and_on_what_terms() {
    let receipt = receipt();
    let data = AgreementData {
        issuer: receipt.issuer,
        title: "Acuerdo de pago".to_owned(),
        statement: "Ana paga $900.00 MXN en dos pagos.".to_owned(),
        debts: vec!["Telefonía · T-1".to_owned(), "Telefonía · T-2".to_owned()],
        debtor_name: receipt.debtor_name,
        to_pay: "$900.00 MXN".to_owned(),
        forgiven: vec![line("Interés moratorio", "$100.00 MXN")],
        schedule: vec![
            line("5 de diciembre de 2026", "$450.00 MXN"),
            line("5 de enero de 2027", "$450.00 MXN"),
        ],
        conditions: vec!["Mientras se cumpla, el total no crece.".to_owned()],
        acceptance: vec!["Aceptado el 27 de noviembre de 2026.".to_owned()],
        terms_hash: "ab".repeat(32),
        sandbox: false,
        reversed: false,
        issued_at: receipt.issued_at,
        issued_on: receipt.issued_on,
        paper: receipt.paper,
    };
    let words = |data: &AgreementData| {
        let sheet = Sheet::new(data, Lang::Es, &data.issuer, &data.issued_on, data.issued_at);
        pages("agreement.typ", &sheet, &data.terms_hash)
    };
    let page = words(&data);
    assert_eq!(page.len(), 1);
    let said =
        [&data.title, &data.debts[1], &data.schedule[1].label, &data.conditions[0], &data.acceptance[0]];
    for word in said {
        assert!(page[0].contains(word.as_str()), "{word} is missing");
    }
    assert!(page[0].contains("$100.00 MXN") && page[0].contains("abababababab"));
    let offered = AgreementData { acceptance: Vec::new(), ..data.clone() };
    assert!(!words(&offered)[0].contains("Aceptado"));
    let ended = AgreementData { reversed: true, ..data };
    assert!(words(&ended)[0].contains("ANULADO"));
    // Readable by whoever cannot see it.
    assert!(contains(&agreement(&ended, Lang::Pt).unwrap(), "pdfuaid:part"));
}

#[test]
fn a_receipt_says_everything_on_one_page() {
    let data = receipt();
    let pages = receipt_pages(&data, Lang::Es);
    assert_eq!(pages.len(), 1);
    let words = [
        &data.issuer.name,
        &data.receipt_number,
        &data.creditor,
        &data.debtor_name,
        &data.debtor_document,
        &data.account_external_id,
        &data.amount,
        &data.method,
        &data.paid_on,
        &data.balance_after,
        &data.verification_code,
        data.imputation.as_ref().unwrap(),
        &data.allocation[0].label,
        &data.allocation[2].amount,
    ];
    for word in words {
        assert!(pages[0].contains(word.as_str()), "{word} is missing in {}", pages[0]);
    }
}

#[test]
fn only_sandbox_money_is_marked_as_not_valid() {
    let sandbox = ReceiptData { sandbox: true, ..receipt() };
    assert!(receipt_pages(&sandbox, Lang::Es)[0].contains("SANDBOX — NO VÁLIDO"));
    assert!(receipt_pages(&sandbox, Lang::En)[0].contains("SANDBOX — NOT VALID"));
    assert!(receipt_pages(&sandbox, Lang::Pt)[0].contains("SANDBOX — SEM VALIDADE"));
    assert!(!receipt_pages(&receipt(), Lang::Es)[0].contains("SANDBOX"));
}

#[test]
fn a_reversed_payment_leaves_a_void_receipt() {
    let void = ReceiptData { reversed: true, sandbox: true, ..receipt() };
    let words = &receipt_pages(&void, Lang::Es)[0];
    assert!(words.contains("ANULADO") && words.contains("fue revertido") && words.contains("SANDBOX"));
    let valid = &receipt_pages(&receipt(), Lang::Es)[0];
    assert!(!valid.contains("ANULADO") && valid.contains("acredita el pago"));
}

#[test]
fn the_file_names_itself_its_date_and_its_standards() {
    let bytes = payment_receipt(&receipt(), Lang::En).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7"));
    for mark in ["Payment receipt R-2026-000481", "2026-11-20T18:04:09", "pdfaid:part", "pdfuaid:part"] {
        assert!(contains(&bytes, mark), "{mark}");
    }
}

#[test]
fn markup_in_data_stays_text() {
    let data = ReceiptData { debtor_name: "*Ana* #read(\"/x\") $x$ \\ <a>".to_owned(), ..receipt() };
    assert!(receipt_pages(&data, Lang::Es)[0].contains("*Ana* #read(\"/x\") $x$ \\ <a>"));
}

#[test]
fn a_name_outside_the_font_still_gets_a_receipt() {
    let data = ReceiptData { debtor_name: "李 Ṩîlvïa Ночь 😀".to_owned(), ..receipt() };
    assert!(payment_receipt(&data, Lang::Es).is_ok());
}

#[test]
fn a_very_long_address_is_refused_with_its_reason() {
    let data = ReceiptData { verification_url: "x".repeat(5_000), ..receipt() };
    let error = payment_receipt(&data, Lang::Es).unwrap_err();
    assert!(error.to_string().contains("5000 bytes"), "{error}");
}

#[test]
fn a_long_statement_repeats_its_head_on_every_page() {
    let data = statement(80);
    let sheet = Sheet::new(&data, Lang::Es, &data.issuer, &data.issued_on, data.issued_at);
    let pages = pages("statement.typ", &sheet, &data.content_hash);
    assert!(pages.len() > 2);
    for (index, words) in pages.iter().enumerate() {
        assert!(words.contains("FechaConcepto"), "page {index}: {words}");
        assert!(words.contains(&format!("Página {} de {}", index + 1, pages.len())));
    }
    assert!(pages.concat().contains("Pago 80"));
}

#[test]
fn documents_of_any_length_and_mark_can_be_exported() {
    for movements in [0, 1, 40, 200] {
        for sandbox in [false, true] {
            let data = StatementData { sandbox, ..statement(movements) };
            let bytes = account_statement(&data, Lang::Es);
            assert!(contains(&bytes.unwrap(), "pdfuaid:part"), "{movements} movements, sandbox {sandbox}");
        }
    }
    let lines = (0..90).map(|n| line(&format!("Cargo {n}"), "$1.00")).collect();
    let long = ReceiptData { allocation: lines, sandbox: true, reversed: true, ..receipt() };
    assert!(contains(&payment_receipt(&long, Lang::Es).unwrap(), "pdfuaid:part"));
}

#[test]
fn an_empty_statement_says_so() {
    let data = statement(0);
    assert!(account_statement(&data, Lang::Es).is_ok());
    let sheet = Sheet::new(&data, Lang::En, &data.issuer, &data.issued_on, data.issued_at);
    assert!(pages("statement.typ", &sheet, &data.content_hash)[0].contains("No movements"));
}

fn batch(paper: Paper) -> LettersData {
    let receipt = receipt();
    let letter = |place: usize, paragraphs: usize| LetterData {
        lang: if place == 2 { Lang::En } else { Lang::Es },
        reference: format!("12-{place}"),
        address: vec![
            "María Fernanda López Ortega".to_owned(),
            "Circuito Interior de los Insurgentes 1234,".to_owned(),
            "Edificio B, Piso 3, Depto. 12".to_owned(),
            "72000 Puebla, Puebla".to_owned(),
            "MÉXICO".to_owned(),
        ],
        date: "20 de noviembre de 2026".to_owned(),
        subject: format!("Un aviso {place}"),
        paragraphs: vec![
            "Su cuenta FA-0034-99812 tiene atraso. Hoy debe 1,250.00 MXN.".repeat(6);
            paragraphs
        ],
        portal_words: "Entre aquí".to_owned(),
    };
    LettersData {
        title: "Lote 12".to_owned(),
        issuer: receipt.issuer,
        return_line: "Av. Insurgentes Sur 1602 · 03940 Ciudad de México".to_owned(),
        portal_url: "https://pagos.recuperadora.example".to_owned(),
        letters: vec![letter(1, 3), letter(2, 12), letter(3, 1)],
        sandbox: true,
        issued_at: receipt.issued_at,
        issued_on: receipt.issued_on,
        paper,
    }
}

/// Texts with where they begin, in millimetres from the top left of the page.
fn placed(frame: &Frame, at: typst::layout::Point, found: &mut Vec<(f64, f64, String)>) {
    for (offset, item) in frame.items() {
        let at = at + *offset;
        match item {
            FrameItem::Group(group) if group.transform.is_identity() => placed(&group.frame, at, found),
            FrameItem::Text(run) => found.push((at.x.to_mm(), at.y.to_mm(), run.text.to_string())),
            _ => {}
        }
    }
}

#[test]
fn the_window_shows_the_recipient_and_the_way_back_alone() {
    for paper in [Paper::A4, Paper::Letter] {
        let data = batch(paper);
        let sheet = Sheet::new(&data, Lang::Es, &data.issuer, &data.issued_on, data.issued_at);
        let document = layout("letter.typ", &sheet, &data.portal_url).unwrap();
        let pages: Vec<Vec<_>> = document
            .pages()
            .iter()
            .map(|page| {
                let mut found = Vec::new();
                placed(&page.frame, typst::layout::Point::zero(), &mut found);
                found
            })
            .collect();
        // The second letter is long: it takes two pages, and the third begins on a page of its own.
        assert_eq!(pages.len(), 4, "{paper:?}");
        for (page, place) in [(0, 1), (1, 2), (3, 3)] {
            let seen: Vec<&(f64, f64, String)> =
                pages[page].iter().filter(|(x, y, _)| (45.0..92.0).contains(y) && *x < 120.0).collect();
            let words: Vec<&str> = seen.iter().map(|(.., text)| text.as_str()).collect();
            let mut expected = vec![format!("{} · 12-{place}", data.return_line)];
            expected.extend(data.letters[0].address.clone());
            assert_eq!(words, expected, "{paper:?}");
            // The address stands where the windows of both papers show it (baselines).
            let (first, last) = (seen[1].1, seen[5].1);
            assert!(first > 63.5 && last < 84.0, "{paper:?}: {first} to {last}");
            assert!(seen.iter().all(|(x, ..)| (22.5..25.5).contains(x)), "{seen:?}");
        }
        // A page that goes on says of which letter it is.
        assert!(pages[2].iter().any(|(.., text)| text == "12-2 · 2"), "{:?}", pages[2].last());
    }
    let file = letters(&batch(Paper::A4), Lang::Es).unwrap();
    assert!(contains(&file, "StructTreeRoot"), "readable aloud");
    assert_eq!(file, letters(&batch(Paper::A4), Lang::Es).unwrap());
}
