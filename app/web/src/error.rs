//! Errors as pages: what happened, and what to do; nothing internal.

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use services::ServiceError;
use ui::i18n::Lang;
use ui::layout::PlainLayout;
use ui::tr;

use crate::page::{Page, Surface};
use crate::visitor::Visitor;

/// A failed use case, on its way to a page.
pub struct PageError {
    error: ServiceError,
    surface: Surface,
    visitor: Visitor,
}

impl PageError {
    pub fn new(error: impl Into<ServiceError>, surface: Surface, visitor: &Visitor) -> Self {
        Self { error: error.into(), surface, visitor: visitor.clone() }
    }

    /// The page; failures of ours are logged.
    pub fn into_page(self) -> Response {
        let lang = self.visitor.lang();
        let (status, title, text) = says(&self.error, lang);
        if status.is_server_error() {
            tracing::error!(error = %self.error, path = self.visitor.path, "request failed");
        }
        let home = match self.surface {
            Surface::Portal => "/",
            Surface::Console => "/console",
        };
        Page::new(self.surface, &self.visitor, title.clone()).status(status).render(move || {
            view! {
                <PlainLayout title=title>
                    <p>{text}</p>
                    <p><a href=home>{tr!(lang, "Volver al inicio", "Back to the start", "Voltar ao início")}</a></p>
                </PlainLayout>
            }
        })
    }
}

fn says(error: &ServiceError, lang: Lang) -> (StatusCode, String, String) {
    let (status, title, text) = match error {
        ServiceError::NotFound => (
            StatusCode::NOT_FOUND,
            tr!(lang, "No lo encontramos", "We could not find it", "Não encontramos"),
            tr!(
                lang,
                "La página no existe, el enlace ya se usó o no es tuya. Revisa la dirección o vuelve al inicio.",
                "The page does not exist, the link was used already, or it is not yours. Check the address or go back to the start.",
                "A página não existe, o link já foi usado ou não é sua. Confira o endereço ou volte ao início."
            ),
        ),
        ServiceError::Denied(_) | ServiceError::NotSignedIn => (
            StatusCode::FORBIDDEN,
            tr!(
                lang,
                "No tienes permiso para esto",
                "You may not do this",
                "Você não tem permissão para isto"
            ),
            tr!(
                lang,
                "Tu función no incluye esta acción. Pídesela a tu supervisor.",
                "Your role does not include this action. Ask your supervisor.",
                "Sua função não inclui esta ação. Peça ao seu supervisor."
            ),
        ),
        ServiceError::Throttled { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            tr!(lang, "Demasiados intentos", "Too many tries", "Tentativas demais"),
            tr!(
                lang,
                "Espera unos minutos y vuelve a intentarlo.",
                "Wait a few minutes and try again.",
                "Espere alguns minutos e tente de novo."
            ),
        ),
        ServiceError::Invalid(issues) => {
            let text: Vec<_> = issues.iter().map(|i| i.says.pick(lang.tag()).to_owned()).collect();
            return (
                StatusCode::UNPROCESSABLE_ENTITY,
                tr!(lang, "Algo no está bien", "Something is not right", "Algo não está certo").to_owned(),
                text.join(" "),
            );
        }
        ServiceError::Store(_) | ServiceError::Outside { .. } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            tr!(
                lang,
                "Algo falló de nuestro lado",
                "Something failed on our side",
                "Algo falhou do nosso lado"
            ),
            tr!(
                lang,
                "No se perdió nada. Intenta de nuevo en unos minutos; si sigue igual, llámanos.",
                "Nothing was lost. Try again in a few minutes; if it stays the same, call us.",
                "Nada se perdeu. Tente de novo em alguns minutos; se continuar igual, ligue para nós."
            ),
        ),
    };
    (status, title.to_owned(), text.to_owned())
}
