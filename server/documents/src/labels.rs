//! The documents' own words, in each language.

use serde::Serialize;

use crate::Lang;

/// Words the templates refer to by these names. `{…}` is filled in by the template or the sheet.
#[derive(Debug, Serialize)]
pub struct Labels {
    pub page: &'static str,
    pub watermark: &'static str,
    pub void: &'static str,
    pub void_note: &'static str,
    pub issued: &'static str,
    pub receipt: &'static str,
    pub number: &'static str,
    pub amount_received: &'static str,
    pub paid_on: &'static str,
    pub debtor: &'static str,
    pub document: &'static str,
    pub creditor: &'static str,
    pub account: &'static str,
    pub method: &'static str,
    pub reference: &'static str,
    pub allocation: &'static str,
    pub concept: &'static str,
    pub amount: &'static str,
    pub total: &'static str,
    pub balance_after: &'static str,
    pub receipt_note: &'static str,
    pub qr_alt: &'static str,
    pub verify_title: &'static str,
    pub verify_text: &'static str,
    pub statement: &'static str,
    pub balance_on: &'static str,
    pub period: &'static str,
    pub opening: &'static str,
    pub composition: &'static str,
    pub movements: &'static str,
    pub no_movements: &'static str,
    pub date: &'static str,
    pub balance: &'static str,
}

impl Lang {
    pub(crate) fn labels(self) -> &'static Labels {
        match self {
            Self::Es => &SPANISH,
            Self::En => &ENGLISH,
        }
    }
}

static SPANISH: Labels = Labels {
    page: "Página {n} de {total}",
    watermark: "SANDBOX — NO VÁLIDO",
    void: "ANULADO",
    void_note: "Este pago fue revertido después de emitirse el comprobante: ya no cuenta en la cuenta.",
    issued: "Emitido el {date}",
    receipt: "Comprobante de pago",
    number: "N.º",
    amount_received: "Recibimos",
    paid_on: "Fecha de pago",
    debtor: "A nombre de",
    document: "Documento",
    creditor: "Acreedor",
    account: "Cuenta",
    method: "Forma de pago",
    reference: "Referencia",
    allocation: "Cómo se aplicó tu pago",
    concept: "Concepto",
    amount: "Importe",
    total: "Total",
    balance_after: "Saldo después de este pago",
    receipt_note: "Este comprobante acredita el pago indicado. No es una factura fiscal.",
    qr_alt: "Código QR con la dirección para comprobar este documento",
    verify_title: "Comprueba que este documento es auténtico",
    verify_text: "Escanea el código o escribe la clave en la dirección de abajo. \
                  La página no muestra datos de tu deuda.",
    statement: "Estado de cuenta",
    balance_on: "Saldo al {date}",
    period: "Periodo",
    opening: "Saldo inicial",
    composition: "De qué se compone el saldo",
    movements: "Movimientos",
    no_movements: "Sin movimientos en el periodo.",
    date: "Fecha",
    balance: "Saldo",
};

static ENGLISH: Labels = Labels {
    page: "Page {n} of {total}",
    watermark: "SANDBOX — NOT VALID",
    void: "VOID",
    void_note: "This payment was reversed after the receipt was issued: it no longer counts in the account.",
    issued: "Issued on {date}",
    receipt: "Payment receipt",
    number: "No.",
    amount_received: "We received",
    paid_on: "Payment date",
    debtor: "In the name of",
    document: "Document",
    creditor: "Creditor",
    account: "Account",
    method: "Payment method",
    reference: "Reference",
    allocation: "How your payment was applied",
    concept: "Item",
    amount: "Amount",
    total: "Total",
    balance_after: "Balance after this payment",
    receipt_note: "This receipt confirms the payment shown. It is not a tax invoice.",
    qr_alt: "QR code with the address to check this document",
    verify_title: "Check that this document is genuine",
    verify_text: "Scan the code, or type the key at the address below. \
                  The page shows nothing about your debt.",
    statement: "Account statement",
    balance_on: "Balance on {date}",
    period: "Period",
    opening: "Opening balance",
    composition: "What the balance is made of",
    movements: "Movements",
    no_movements: "No movements in this period.",
    date: "Date",
    balance: "Balance",
};
