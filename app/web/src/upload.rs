//! Forms with files, and files on their way back.

use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use crate::form::Form;

/// A file of a form.
#[derive(Clone)]
pub struct SentFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The fields and files of a `multipart/form-data` body; a plain form has no files.
#[derive(Clone, Default)]
pub struct Upload {
    pub form: Form,
    pub files: Vec<SentFile>,
    /// The body was cut off or larger than the route takes: what is here is not all.
    pub cut_off: bool,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let form = Form::from_request(request, state).await?;
            return Ok(Self { form, ..Self::default() });
        }
        let parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self::read(parts).await)
    }
}

impl Upload {
    async fn read(mut parts: Multipart) -> Self {
        let mut upload = Self::default();
        let mut fields = Vec::new();
        loop {
            let part = match parts.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => break,
                Err(_) => {
                    upload.cut_off = true;
                    break;
                }
            };
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let Ok(bytes) = part.bytes().await else {
                upload.cut_off = true;
                break;
            };
            match file_name {
                // A file field in which nothing was chosen is sent empty.
                Some(_) if bytes.is_empty() => {}
                Some(name) => upload.files.push(SentFile { name, bytes: bytes.to_vec() }),
                None => fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        upload.form = Form::of(fields);
        upload
    }
}

/// Bytes that somebody sent us, to be saved and never shown in our name: a browser does not open
/// them on our pages and does not guess what they are.
pub fn attachment(bytes: Vec<u8>, media_type: &str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let text =
        |text: &str, fallback| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(fallback));
    headers.insert(header::CONTENT_TYPE, text(media_type, "application/octet-stream"));
    let disposition = format!("attachment; filename=\"{name}\"");
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition, "attachment"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
