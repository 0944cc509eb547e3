//! The field collectors' days: a dozen stops each, in the order in which one would drive.

use std::collections::HashMap;

use chrono::Duration;
use domain::ids::{AccountId, AssignmentId, PartyId, UserId};
use domain::party::ContactKind;

use super::accounts::Builder;
use super::book::DemoAssignment;

/// Where each collector works. Both are in Mexico: Colombian law bars home visits for most
/// consumer debts (Ley 2300/2023, art. 6).
const BEATS: [&str; 2] = ["Ciudad de México", "Guadalajara"];

/// A stop: the account and where its debtor lives, in degrees.
type Stop = (AccountId, f64, f64);

impl Builder {
    /// Plans `days` days for every collector, the book's date first.
    pub fn routes(&mut self, days: i64) {
        let collectors = self.collectors.clone();
        for (collector, city) in collectors.into_iter().zip(BEATS) {
            let mut stops = self.visitable(city);
            // The known debtors stay at the front: they are visited on the first day.
            let known = stops.len().min(self.known.len());
            if let Some(rest) = stops.get_mut(known..) {
                self.dice.shuffle(rest);
            }
            for day in 0..days {
                let wanted = usize::try_from(self.dice.range(12, 15)).unwrap_or(12).min(stops.len());
                let today: Vec<Stop> = stops.drain(..wanted).collect();
                self.day(collector, day, nearest_first(today));
            }
        }
    }

    fn day(&mut self, user_id: UserId, day: i64, stops: Vec<Stop>) {
        let made_at = self.plan.made_at();
        for ((account_id, ..), position) in stops.into_iter().zip(1..) {
            let id = AssignmentId(self.dice.id(made_at));
            let on_date = self.plan.as_of + Duration::days(day);
            self.assignments.push(DemoAssignment { id, user_id, account_id, on_date, position });
        }
    }

    /// Past-due accounts with a place to go to, one for each debtor.
    fn visitable(&self, city: &str) -> Vec<Stop> {
        let mut places: HashMap<PartyId, (f64, f64)> = HashMap::new();
        for point in self.people.contact_points.iter().filter(|point| point.kind == ContactKind::Address) {
            if let (Some(latitude), Some(longitude)) = (point.latitude, point.longitude) {
                places.insert(point.party_id, (latitude, longitude));
            }
        }
        let mut stops = Vec::new();
        for demo in &self.accounts {
            let debtor = demo.account.debtor_id;
            let here = self.homes.get(&debtor) == Some(&city);
            let late = demo.account.due_on < self.plan.as_of && demo.balance.total_minor() > 0;
            if here
                && late
                && let Some((latitude, longitude)) = places.remove(&debtor)
            {
                stops.push((demo.account.id, latitude, longitude));
            }
        }
        stops
    }
}

/// Always on to the nearest stop that is left; the first stays first.
fn nearest_first(mut left: Vec<Stop>) -> Vec<Stop> {
    let mut route: Vec<Stop> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let next = route.last().map_or(0, |here| nearest(here, &left));
        route.push(left.remove(next));
    }
    route
}

fn nearest(here: &Stop, left: &[Stop]) -> usize {
    let distance = |stop: &Stop| (stop.1 - here.1).powi(2) + (stop.2 - here.2).powi(2);
    let closest = left.iter().enumerate().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
    closest.map_or(0, |(index, _)| index)
}
