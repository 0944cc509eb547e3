use domain::account::Component;
use domain::money::{Currency, Money};
use proptest::prelude::*;

use super::*;
use crate::import::{Column, FileColumn, Lang, PortfolioRow};

const INVOICES: &[u8] = include_bytes!("../../../tests/fixtures/invoices_us.csv");
const INVOICES_MAPPING: &str = include_str!("../../../tests/fixtures/invoices_us.toml");
const CARTERA_CSV: &[u8] = include_bytes!("../../../tests/fixtures/cartera_mx.csv");
const CARTERA_XLSX: &[u8] = include_bytes!("../../../tests/fixtures/cartera_mx.xlsx");

const HEADER: &str = "external_id,debtor_document,due_on,principal,currency,country";

/// A checked file with its sound rows.
struct Read {
    rows: Vec<PortfolioRow>,
    checked: Checked,
}

impl std::ops::Deref for Read {
    type Target = Checked;

    fn deref(&self) -> &Checked {
        &self.checked
    }
}

fn check(bytes: &[u8], mapping: &Mapping) -> Read {
    let mut rows = Vec::new();
    let checked = check_each(&ImportFile::from(bytes), mapping, |row| rows.push(row)).unwrap();
    assert_eq!(checked.rows, rows.len() as u64 + checked.rejected);
    assert_eq!(checked.sha256, ImportFile::from(bytes).sha256().unwrap());
    Read { rows, checked }
}

fn checked(text: &str) -> Read {
    check(text.as_bytes(), &Mapping::default())
}

/// The codes of a file with our header and the given rows, as `line column code`.
fn complaints(rows: &str) -> Vec<String> {
    told(&checked(&format!("{HEADER}\n{rows}")))
}

fn told(checked: &Read) -> Vec<String> {
    let views = checked.errors.iter().map(|error| error.view(Lang::Es));
    views
        .map(|view| {
            assert!(!view.message.is_empty() && !view.remedy.is_empty());
            let line = view.line.unwrap_or(0);
            format!("{line} {} {}", view.column.as_deref().unwrap_or("-"), view.code)
        })
        .collect()
}

#[test]
fn a_mapped_file_reads_and_adds_up() {
    let mapping = Mapping::parse(INVOICES_MAPPING).unwrap();
    let checked = check(INVOICES, &mapping);
    assert_eq!(told(&checked), Vec::<String>::new());
    assert_eq!(checked.rows.len(), 8);
    let lines = checked.totals.lines().unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].count, lines[0].component), (8, Component::Principal));
    assert_eq!(lines[0].sum, Money::from_minor(49_417, Currency::USD));
    assert_eq!(checked.rows[0].external_id, "0004410017");
    assert_eq!(checked.rows[0].due_on.to_string(), "2025-02-01");
    assert_eq!(checked.rows[0].debtor.country, "US");
    assert!(checked.ignored_columns.contains(&"DaysLate".to_owned()));
}

#[test]
fn the_files_of_the_browser_story_read_as_it_expects() {
    let mapping = Mapping::parse(include_str!("../../../../../end2end/fixtures/cartera.toml")).unwrap();
    let good = check(include_bytes!("../../../../../end2end/fixtures/cartera.csv"), &mapping);
    assert_eq!(told(&good), Vec::<String>::new());
    assert_eq!(good.rows.len(), 5);
    assert_eq!(good.totals.lines().unwrap()[0].sum, Money::from_minor(8_993_025, Currency::MXN));
    let broken = check(include_bytes!("../../../../../end2end/fixtures/cartera-con-errores.csv"), &mapping);
    let expected = [
        "2 Vencimiento bad_date",
        "3 Capital negative_amount",
        "4 Número de crédito duplicate_external_id",
        "5 Intereses too_many_decimals",
        "6 Correo bad_email",
    ];
    assert_eq!(told(&broken), expected);
}

#[test]
fn a_spreadsheet_reads_as_the_same_csv() {
    let mapping = Mapping::parse("[formats]\ndate = \"%d/%m/%Y\"\ndecimal = \",\"").unwrap();
    let (csv, xlsx) = (check(CARTERA_CSV, &mapping), check(CARTERA_XLSX, &mapping));
    assert_eq!(told(&csv), Vec::<String>::new());
    assert_eq!(csv.rows, xlsx.rows);
    assert_eq!(csv.totals, xlsx.totals);
    let first = &csv.rows[0];
    assert_eq!(first.debtor.name.as_deref(), Some("María Ñandú Peña"));
    assert_eq!(first.opening.of(Component::DefaultInterest).minor(), 31_250);
    assert_eq!(first.phones, ["+525555501234", "+525555505678"]);
    assert_eq!(first.address.as_ref().unwrap().position, Some((19.4326, -99.1332)));
    assert_eq!(first.annual_rate.unwrap().0, 36_500_000);
    assert_eq!(first.consent_channels.len(), 2);
}

#[test]
fn every_broken_row_is_named_at_once() {
    let rows = "A1,D1,2026-13-01,10.00,MXN,MX\n\
                A2,D2,2026-01-01,-10.00,MXN,MX\n\
                A3,D3,2026-01-01,10.00,XXZ,MX\n\
                A1,D4,2026-01-01,10.00,MXN,MX\n\
                A5,D5,2026-01-01,10.001,MXN,MX\n\
                A6,D6,2026-01-01,10.00,MXN,391\n\
                A7,D7,2026-01-01,10.00,MXN\n\
                ,D8,2026-01-01,,MXN,MX\n\
                A9,,2026-01-01,10.00,MXN,MX\n\
                B1,D,2026-01-01,99999999999999999999,MXN,MX\n\
                B2,D,2026-01-01,ten,MXN,MX\n\
                B3,D,0026-01-01,10.00,MXN,MX\n\
                B4,D,2026-01-01,10.00,MXN,MX\n";
    let expected = [
        "2 due_on bad_date",
        "3 principal negative_amount",
        "4 currency unknown_currency",
        "5 external_id duplicate_external_id",
        "6 principal too_many_decimals",
        "7 country bad_country",
        "8 - field_count",
        "9 external_id required",
        "9 principal required",
        "10 debtor_document debtor_required",
        "11 principal too_large",
        "12 principal not_a_number",
        "13 due_on bad_date",
    ];
    assert_eq!(complaints(rows), expected);
    let checked = checked(&format!("{HEADER}\n{rows}"));
    assert_eq!((checked.rows.len(), checked.rejected), (1, 12));
}

#[test]
fn several_errors_of_one_row_are_all_told() {
    let header = "external_id,debtor_name,due_on,principal,tax,currency,country,email,phone,time_zone,latitude,\
                  longitude,day_count,annual_rate_pct,installments_total,preferred_channel,debtor_kind,opened_on";
    let row = "X,Ana,2026-01-31,1,2.345,MXN,MX,ana@,123,Mars/Base,91,,31/360,x,-1,fax,robot,2026-02-01";
    let expected = [
        "2 tax too_many_decimals",
        "2 opened_on date_order",
        "2 annual_rate_pct bad_rate",
        "2 day_count bad_choice",
        "2 installments_total bad_integer",
        "2 email bad_email",
        "2 phone bad_phone",
        "2 latitude bad_coordinate",
        "2 longitude coordinate_alone",
        "2 preferred_channel bad_choice",
        "2 debtor_kind bad_choice",
        "2 time_zone bad_time_zone",
    ];
    assert_eq!(told(&checked(&format!("{header}\n{row}\n"))), expected);
}

#[test]
fn a_duplicate_names_the_first_line() {
    let checked = checked(&format!("{HEADER}\nA,\"D\n1\",2026-01-01,1,MXN,MX\nA,D2,2026-01-01,1,MXN,MX\n"));
    let view = checked.errors[0].view(Lang::En);
    assert_eq!(view.line, Some(4));
    assert_eq!(view.message, "The number “A” is already on line 2.");
}

#[test]
fn not_utf8_names_line_and_byte_and_the_rest_is_still_checked() {
    let mut file = format!("{HEADER}\nA,D1,2026-01-01,1,MXN,MX\nB,").into_bytes();
    let byte = file.len();
    file.extend_from_slice(b"\xD1,2026-99-01,1,MXN,MX\nC,D3,2026-01-01,1,MXN,MX\n");
    let checked = check(&file, &Mapping::default());
    assert_eq!(told(&checked), ["3 debtor_document not_utf8", "3 due_on bad_date"]);
    assert_eq!(checked.errors[0].problem, Problem::NotUtf8 { byte: byte as u64 });
    assert_eq!((checked.rows.len(), checked.rejected), (2, 1));
}

#[test]
fn missing_and_ambiguous_columns() {
    let told_of = |text: &str| told(&checked(text));
    assert_eq!(
        told_of("external_id,due_on\nA,2026-01-01\n"),
        [
            "1 currency missing_column",
            "1 principal missing_column",
            "1 country missing_column",
            "1 - missing_debtor_column"
        ]
    );
    assert_eq!(told_of(&format!("{HEADER},currency\n")), ["1 currency duplicate_header"]);
    assert_eq!(told_of(&format!("{HEADER}\n")), ["1 - no_rows"]);
    assert_eq!(told_of(""), ["1 - empty_file"]);

    let mapping = Mapping::parse("[columns]\nprincipal = \"Amuont\"").unwrap();
    let checked = check(b"external_id,debtor_name,due_on,Amount,currency,country\n", &mapping);
    assert_eq!(told(&checked), ["1 Amuont missing_column"]);
    assert_eq!(
        checked.errors[0].view(Lang::En).remedy,
        "Is it the column “Amount”? Name it under [columns]."
    );
}

#[test]
fn broken_workbooks_are_refused_in_words() {
    assert_eq!(told(&check(b"PK\x03\x04 not a workbook", &Mapping::default())), ["1 - unreadable_workbook"]);
    assert_eq!(told(&check(b"\xD0\xCF\x11\xE0\xA1\xB1", &Mapping::default())), ["1 - legacy_workbook"]);
}

#[test]
fn a_constant_stands_for_a_column_and_is_named_by_ours() {
    let mapping = Mapping::parse("[constants]\ncurrency = \"XXZ\"").unwrap();
    let checked = check(format!("{HEADER}\nA,D,2026-01-01,1,MXN,MX\n").as_bytes(), &mapping);
    assert_eq!(told(&checked), ["2 currency unknown_currency"]);
    assert_eq!(checked.ignored_columns, ["currency"]);
}

#[test]
fn documents_and_texts_lose_control_characters_only() {
    let checked = checked(&format!("{HEADER}\n\"A\u{0}\t1\", =1+1 ,2026-01-01,1,MXN,mx\n"));
    assert_eq!(told(&checked), Vec::<String>::new());
    assert_eq!(checked.rows[0].external_id, "A 1");
    assert_eq!(checked.rows[0].debtor.document.as_ref().unwrap().number, "=1+1");
    assert_eq!(checked.rows[0].debtor.country, "MX");
}

#[test]
fn totals_beyond_the_books_are_an_error() {
    let rows = "A,D,2026-01-01,92233720368547758.07,MXN,MX\nB,D,2026-01-01,0.01,MXN,MX\n";
    let checked = checked(&format!("{HEADER}\n{rows}"));
    assert_eq!(told(&checked), ["1 - total_too_large"]);
    assert!(checked.totals.lines().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn totals_do_not_depend_on_the_order_of_rows(
        (rows, shuffled) in prop::collection::vec((0..5_000_000_i64, 0..90_000_i64, any::<bool>()), 1..40)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        let file = |rows: &[(i64, i64, bool)]| {
            let lines = rows.iter().enumerate().map(|(n, (principal, tax, mexican))| {
                let currency: Currency = if *mexican { Currency::MXN } else { Currency::COP };
                let text = |minor: &i64| Money::from_minor(*minor, currency).to_decimal();
                format!("{n},D{n},2026-01-01,{},{},{currency},MX\n", text(principal), text(tax))
            });
            format!("external_id,debtor_document,due_on,principal,tax,currency,country\n{}", lines.collect::<String>())
        };
        let (one, other) = (checked(&file(&rows)), checked(&file(&shuffled)));
        prop_assert!(one.errors.is_empty());
        prop_assert_eq!(&one.totals, &other.totals);
        let sum: i64 = one.totals.lines().unwrap().iter().map(|line| line.sum.minor()).sum();
        prop_assert_eq!(sum, rows.iter().map(|(principal, tax, _)| principal + tax).sum::<i64>());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), mapped in any::<bool>()) {
        let mapping = if mapped { Mapping::parse(INVOICES_MAPPING).unwrap() } else { Mapping::default() };
        let _ = check(&bytes, &mapping);
        let mut file = format!("{HEADER}\n").into_bytes();
        file.extend_from_slice(&bytes);
        let _ = check(&file, &mapping);
    }
}

#[test]
fn every_column_is_documented_once() {
    let mut names: Vec<_> = Column::names().collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Column::ALL.len());
}
