//! Saying no, and asking for help: opening a case, one's own cases, and one of them.

mod list;
mod open;
mod show;

use domain::text::Say;
use leptos::prelude::*;
use services::FieldIssue;
use services::cases::{FILE_BYTES, FILES_A_POST, NewFile};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, Upload};

pub use list::list;
pub use open::{ask_disagree, ask_help, send_disagree, send_help};
pub use show::{file, held_says, reopen, show, write};

pub const ADDRESS: &str = "/casos";
/// A form with all the files it may hold, and its text.
pub const UPLOAD_BYTES: usize = FILES_A_POST * FILE_BYTES + 256 * 1024;

/// The files of a form, or why they are not all here.
pub fn files_of(upload: Upload) -> Result<Vec<NewFile>, FieldIssue> {
    if upload.cut_off {
        let megabytes = FILE_BYTES / 1024 / 1024;
        let says = Say::new(
            format!(
                "Los archivos no llegaron completos. Cada uno puede tener hasta {megabytes} MB; intenta de nuevo."
            ),
            format!("The files did not arrive whole. Each may have up to {megabytes} MB; try again."),
        );
        let pt = format!(
            "Os arquivos não chegaram completos. Cada um pode ter até {megabytes} MB; tente de novo."
        );
        return Err(FieldIssue { field: "files", says: says.pt(pt) });
    }
    Ok(upload.files.into_iter().map(|file| NewFile { name: file.name, bytes: file.bytes }).collect())
}

/// The key that a form was made with.
pub fn key_of(form: &Form, fresh: Uuid) -> Uuid {
    form.get("key").parse().unwrap_or(fresh)
}

#[component]
pub fn Key(key: Uuid) -> impl IntoView {
    view! { <input type="hidden" name="key" value=key.to_string()/> }
}

/// One file in sight, the others behind a word: most people have one.
#[component]
pub fn Files() -> impl IntoView {
    let lang = use_lang();
    let megabytes = FILE_BYTES / 1024 / 1024;
    let accept = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png";
    let more: Vec<_> = (2..=FILES_A_POST)
        .map(|number| {
            let label = trf!(lang, "Archivo {}", "File {}", "Arquivo {}", number);
            view! { <Field name=format!("files_{number}") kind="file" label accept=accept required=false/> }
        })
        .collect();
    view! {
        <Field
            name="files" kind="file" accept=accept required=false
            label=tr!(lang, "Foto o documento", "Photo or document", "Foto ou documento")
            hint=trf!(
                lang,
                "Por ejemplo un recibo. PDF, JPEG o PNG, hasta {} MB.",
                "A receipt, for example. PDF, JPEG or PNG, up to {} MB.",
                "Por exemplo um recibo. PDF, JPEG ou PNG, até {} MB.",
                megabytes
            )
        />
        <details>
            <summary>{tr!(lang, "Adjuntar más archivos", "Attach more files", "Anexar mais arquivos")}</summary>
            {more}
        </details>
    }
    .into_any()
}
