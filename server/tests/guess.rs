//! Guessing tells nothing: documents, links, codes and ids that exist are answered like those that do not.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::expect_used, clippy::string_slice, dead_code, reason = "tests fail by panicking")]

mod support;

use std::time::{Duration, Instant};

use reqwest::Response;
use support::{Browser, Server, location, saldar};
use testkit::both;
use uuid::Uuid;

const ANA: &str = "DEMO900101AA1";
const CARLOS: &str = "DEMO850615BB2";
/// Requests that are under way at once.
const AT_ONCE: usize = 50;

/// How many guesses all kinds do together on one database. `SALDAR_GUESSES=10000` is the acceptance run.
fn guesses() -> usize {
    std::env::var("SALDAR_GUESSES").ok().map_or(400, |text| text.parse().unwrap())
}

/// What an answer tells, without what is different in every answer: request id, date, and the guess itself.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Told {
    async fn of(answer: Response, guess: &[&str]) -> Self {
        let status = answer.status().as_u16();
        let hide = |text: &str| {
            guess.iter().fold(text.to_owned(), |text, guess| text.replace(guess, &"?".repeat(guess.len())))
        };
        let headers = answer
            .headers()
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
            .map(|(name, value)| (name.to_string(), hide(value.to_str().unwrap())))
            .collect();
        Self { status, headers, body: hide(&answer.text().await.unwrap()) }
    }
}

/// A number that no other guess has, in as many letters as an id's.
fn nth(n: usize) -> String {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | n as u128).to_string()
}

/// Every visitor comes from a network of their own, as a botnet does.
async fn post(server: &Server, n: usize, path: &str, form: &[(&str, &str)]) -> Response {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let from = format!("10.{}.{}.{}", n / 65536, n / 256 % 256, n % 256);
    let request = client
        .post(format!("{}{path}", server.base))
        .header("origin", &server.base)
        .header("x-forwarded-for", from)
        .form(form);
    request.send().await.unwrap()
}

async fn serve(url: &str) -> Server {
    let mut command = saldar(url);
    command.env("SALDAR_TRUSTED_PROXIES", "127.0.0.1");
    Server::start_with(command, url).await
}

/// Runs numbered guesses, some at once, and checks that all tell the same.
async fn all_alike<F: Future<Output = Told> + Send + 'static>(
    count: usize,
    guess: impl Fn(usize) -> F,
) -> Told {
    let mut first = None;
    let mut n = 0;
    while n < count {
        let until = count.min(n + AT_ONCE);
        let running: Vec<_> = (n..until).map(|n| tokio::spawn(guess(n))).collect();
        for (place, told) in running.into_iter().enumerate() {
            let told = told.await.unwrap();
            match &first {
                None => first = Some(told),
                Some(first) => assert_eq!(&told, first, "guess {}", n + place),
            }
        }
        n = until;
    }
    first.expect("a guess")
}

/// How often each kind is timed.
fn pairs() -> usize {
    if guesses() >= 10_000 { 600 } else { 5 }
}

/// Prints the medians, and how often an answer to what exists takes longer than one to what does not:
/// at one half, time tells nothing; by chance alone it strays by 0.29 / √pairs (one standard deviation).
fn tell(what: &str, mut known: Vec<Duration>, mut unknown: Vec<Duration>) {
    known.sort();
    unknown.sort();
    let longer: usize = known.iter().map(|one| unknown.partition_point(|other| other < one)).sum();
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousands")]
    let share = longer as f64 / (known.len() * unknown.len()) as f64;
    let (known, unknown) = (known[known.len() / 2], unknown[unknown.len() / 2]);
    println!("{what}: medians {known:?} and {unknown:?}; known takes longer in {share:.3}");
}

both!(documents_and_codes_that_exist_are_answered_like_others, |bench| {
    bench.demo(40).await;
    let server = std::sync::Arc::new(serve(&bench.url).await);
    let count = guesses() / 2;
    let ask = |n: usize, document: String| {
        let server = server.clone();
        async move {
            let answer = post(&server, n, "/", &[("document", &document)]).await;
            let challenge = location(&answer);
            let told = Told::of(answer, &[challenge.rsplit('/').next().unwrap()]).await;
            (told, challenge)
        }
    };
    let unknown = all_alike(count / 2, |n| {
        let asked = ask(n, format!("NADA{n:08}"));
        async move { asked.await.0 }
    })
    .await;
    let known = all_alike(count / 2, |n| {
        let asked = ask(count + n, [ANA, CARLOS][n % 2].to_owned());
        async move { asked.await.0 }
    })
    .await;
    assert_eq!(known, unknown);

    // Codes: for a challenge that somebody can answer, for one that nobody can, and for none at all.
    let (_, real) = ask(60_000, "DEMO850615BB2".to_owned()).await;
    let (_, empty) = ask(60_001, "NADA".to_owned()).await;
    let wrong = |n: usize, challenge: String| {
        let server = server.clone();
        async move {
            let answer = post(&server, n, &challenge, &[("code", "no")]).await;
            Told::of(answer, &[challenge.rsplit('/').next().unwrap()]).await
        }
    };
    let nowhere = all_alike(count / 2, |n| wrong(2 * count + n, format!("/codigo/{}", nth(n)))).await;
    assert_eq!(all_alike(10, |n| wrong(3 * count + n, real.clone())).await, nowhere);
    assert_eq!(all_alike(10, |n| wrong(4 * count + n, empty.clone())).await, nowhere);

    // Times are printed, not judged: one after the other, taking turns.
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..pairs() {
        for (times, document) in [(&mut known, ANA.to_owned()), (&mut unknown, format!("NADA{n}"))] {
            let started = Instant::now();
            ask(61_000 + n, document).await;
            times.push(started.elapsed());
        }
    }
    tell("documents", known, unknown);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..pairs() {
        for (times, challenge) in [(&mut known, &real), (&mut unknown, &empty)] {
            let started = Instant::now();
            wrong(65_000 + n, challenge.clone()).await;
            times.push(started.elapsed());
        }
    }
    tell("codes", known, unknown);
});

both!(links_and_ids_that_exist_are_answered_like_others, |bench| {
    bench.demo(40).await;
    let server = std::sync::Arc::new(serve(&bench.url).await);
    let (ana, carlos) = (server.debtor(ANA).await, server.debtor(CARLOS).await);
    let outbox = ana.get("/demo/mensajes").await.unwrap().text().await.unwrap();
    let link = outbox.split_once("/entrar/").unwrap().1;
    let link =
        link[..link.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap()].to_owned();
    let count = guesses() / 2;

    let open = |n: usize, link: String| {
        let server = server.clone();
        async move {
            let path = format!("/entrar/{link}");
            let shown = Told::of(server.browser().get(&path).await.unwrap(), &[&link]).await;
            let answer = Told::of(post(&server, n, &path, &[("known", "XXXX")]).await, &[&link]).await;
            assert_eq!((shown.status, answer.status), (200, 422));
            answer
        }
    };
    let guessed = {
        let like = link.len();
        all_alike(count / 2, |n| open(n, format!("{n:0like$}"))).await
    };
    // Without the end of the document the link itself is answered the same, until it is spent and after.
    assert_eq!(all_alike(10, |n| open(count + n, link.clone())).await, guessed);

    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..pairs() {
        let like = link.len();
        for (times, link) in [(&mut known, link.clone()), (&mut unknown, format!("{:0like$}", 900_000 + n))] {
            let started = Instant::now();
            open(60_000 + n, link).await;
            times.push(started.elapsed());
        }
    }
    tell("links", known, unknown);

    // What is somebody else's is not there.
    let debt = ana.first_link("/deudas", "/deudas/").await;
    let id = debt.rsplit('/').next().unwrap().to_owned();
    let pages = [
        "/deudas/{}",
        "/deudas/{}/pagar",
        "/deudas/{}/estado-de-cuenta/pdf",
        "/deudas/{}/acuerdo",
        "/deudas/{}/no-puedo",
        "/casos/{}",
        "/acuerdos/{}",
        "/propuestas/{}",
        "/recibos/{}",
        "/recibos/{}/pdf",
        "/pagos/{}",
    ];
    for page in pages {
        let look = |id: String| {
            let carlos: Browser = carlos.clone();
            async move { Told::of(carlos.get(&page.replace("{}", &id)).await.unwrap(), &[&id]).await }
        };
        let nothing = all_alike(count / 2 / pages.len(), |n| look(nth(n))).await;
        assert_eq!(nothing.status, 404, "{page}");
        assert_eq!(look(id.clone()).await, nothing, "{page}");
    }
});

both!(nothing_of_a_debt_is_told_before_proof, |bench| {
    bench.demo(40).await;
    let server = serve(&bench.url).await;
    let ana = server.debtor(ANA).await;
    let mine = ana.get("/deudas").await.unwrap().text().await.unwrap();
    let debt = ana.first_link("/deudas", "/deudas/").await;
    // The names of creditors, the numbers of accounts and the amounts that this debtor's list shows.
    let between = |begin: &str, end: &str| -> Vec<String> {
        mine.split(begin).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0.to_owned())).collect()
    };
    let mut secrets = between("<strong>", "</strong>");
    secrets.extend(between("<span class=\"debt-amount\">", "</span>"));
    secrets.push(debt.rsplit('/').next().unwrap().to_owned());
    assert!(secrets.len() >= 3, "{secrets:?}");

    let outbox = server.browser().get("/demo/mensajes").await.unwrap().text().await.unwrap();
    let link = outbox.split_once("/entrar/").unwrap().1;
    let link = format!("/entrar/{}", &link[..link.find(['\n', '<', '"', ' ']).unwrap()]);
    let pages = ["/", "/ayuda", "/verify", "/demo/mensajes", &link, &format!("/codigo/{}", nth(1))];
    for page in pages {
        let html = server.browser().get(page).await.unwrap().text().await.unwrap();
        for secret in &secrets {
            assert!(!html.contains(secret.as_str()), "{page} tells {secret}");
        }
        assert!(!html.contains("Ana"), "{page} tells a name");
    }
});
