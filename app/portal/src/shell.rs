//! What every page of the portal starts from.

use std::fmt::Display;
use std::str::FromStr;

use axum::response::Response;
use services::{Mode, ServiceError, Services};
use ui::layout::Brand;
use web::{Debtor, Page, PageError, Surface, Visitor};

/// A page or, just as ready to be sent, the page that says why not.
pub type Answer = Result<Response, Response>;

pub fn is_demo(services: &Services) -> bool {
    services.mode == Mode::Demo
}

/// A page for anybody.
pub fn public_page(services: &Services, visitor: &Visitor, title: impl Into<String>) -> Page {
    let brand = Brand { sandbox: is_demo(services), ..Brand::default() };
    Page::new(Surface::Portal, visitor, title).brand(brand)
}

/// A page for the signed-in debtor, in the name of the agency that looks after the debts.
///
/// # Errors
/// The error's page.
pub async fn own_page(
    services: &Services,
    debtor: &Debtor,
    title: impl Into<String>,
) -> Result<Page, Response> {
    let name = agency(services, debtor).await?;
    let brand = Brand { name, sandbox: is_demo(services), ..Brand::default() };
    Ok(Page::new(Surface::Portal, &debtor.visitor, title).brand(brand))
}

/// The agency's name.
///
/// # Errors
/// The error's page.
pub async fn agency(services: &Services, debtor: &Debtor) -> Result<String, Response> {
    let organization = services.organization(debtor.actor().organization_id).await;
    Ok(organization.map_err(|error| fail(error, &debtor.visitor))?.name)
}

/// The page for a use case that said no.
pub fn fail(error: impl Into<ServiceError>, visitor: &Visitor) -> Response {
    PageError::new(error, Surface::Portal, visitor).into_page()
}

/// An id out of an address; a malformed one is simply not found.
///
/// # Errors
/// The page that says so.
#[expect(clippy::result_large_err, reason = "a response is what handlers answer with")]
pub fn id<T: FromStr>(text: &str, visitor: &Visitor) -> Result<T, Response>
where
    T::Err: Display,
{
    text.parse().map_err(|_| fail(ServiceError::NotFound, visitor))
}
