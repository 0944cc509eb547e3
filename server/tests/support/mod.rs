//! The program itself as a process, and a client that behaves like a browser without scripts.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod stand_in;

use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Response, StatusCode};

/// A serving process; killed when dropped.
pub struct Server {
    child: Child,
    pub base: String,
    pub database: String,
}

/// The command line on a database, in demo mode, at the demo book's date.
pub fn saldar(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saldar"));
    command
        .env("SALDAR_MODE", "demo")
        .env("SALDAR_DATABASE_URL", database)
        .env("SALDAR_CLOCK", testkit::START)
        .env("SALDAR_FILES", concat!("file://", env!("CARGO_TARGET_TMPDIR"), "/files"))
        .env("RUST_LOG", "error")
        .stdin(Stdio::null());
    command
}

pub fn run(database: &str, args: &[&str]) -> Output {
    saldar(database).args(args).output().unwrap()
}

/// How many kills a test does: few by default. `SALDAR_KILLS` says how many all of them do
/// together: posting, import and batch, each on both databases.
pub fn kills(default: u64) -> u64 {
    let all = std::env::var("SALDAR_KILLS").ok().map(|text| text.parse::<u64>().unwrap());
    all.map_or(default, |all| all.div_ceil(6))
}

/// Chance that a seed repeats.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end` (SplitMix64; the bias of a remainder does no harm here).
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end.max(1)
    }
}

/// Starts a command and kills it after `wait`. False when it had ended before, which is no kill.
pub async fn kill_after(database: &str, args: &[&str], wait: Duration) -> bool {
    let mut child = saldar(database).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(wait).await;
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

/// Runs a command that must succeed; gives what it printed.
pub fn ok(database: &str, args: &[&str]) -> String {
    let output = run(database, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "saldar {args:?} failed: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// `saldar verify all` finds nothing.
pub fn assert_clean(database: &str) {
    ok(database, &["verify", "all"]);
}

impl Server {
    /// Starts in demo mode and waits until it is ready.
    pub async fn start(database: &str) -> Self {
        Self::start_with(saldar(database), database).await
    }

    /// Starts what the command was prepared for.
    pub async fn start_with(mut command: Command, database: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        command.arg("serve").env("SALDAR_ADDR", format!("127.0.0.1:{port}")).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let server = Self { child, base: format!("http://127.0.0.1:{port}"), database: database.to_owned() };
        let ready = format!("{}/readyz", server.base);
        for _ in 0..300 {
            if reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not come up");
    }

    /// SIGKILL: no goodbye, no flush.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn browser(&self) -> Browser {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Browser { client, base: self.base.clone(), cookie: None }
    }

    /// A browser signed in to the console.
    pub async fn staff(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let form = [("login", login), ("password", services::demo::PASSWORD)];
        let answer = browser.post("/console/entrar", &form).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        browser.keep_cookie(&answer);
        browser
    }

    /// A browser signed in to the portal with the code from the demo's outbox.
    pub async fn debtor(&self, document: &str) -> Browser {
        let mut browser = self.browser();
        let before = outbox(&browser).await;
        let answer = browser.post("/", &[("document", document)]).await.unwrap();
        let challenge = location(&answer);
        // The code is written aside: the answer does not wait for it.
        let mut now = outbox(&browser).await;
        for _ in 0..200 {
            if now.0 > before.0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            now = outbox(&browser).await;
        }
        assert!(now.0 > before.0, "no code came");
        let answer = browser.post(&challenge, &[("code", &now.1)]).await.unwrap();
        assert_eq!(location(&answer), "/deudas");
        browser.keep_cookie(&answer);
        browser
    }
}

/// How many codes the demonstration's outbox shows, and the newest.
async fn outbox(browser: &Browser) -> (usize, String) {
    let page = browser.get("/demo/mensajes").await.unwrap().text().await.unwrap();
    let codes = page.split("código es ").skip(1);
    (codes.clone().count(), codes.map(|rest| rest[..6].to_owned()).next().unwrap_or_default())
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    pub base: String,
    cookie: Option<String>,
}

impl Browser {
    pub async fn get(&self, path: &str) -> reqwest::Result<Response> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.with_cookie(request).send().await
    }

    /// Posts a form from one of our own pages.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Result<Response> {
        self.post_from(path, form, &self.base.clone()).await
    }

    /// Posts a form that stands on a page of `origin`.
    pub async fn post_from(
        &self,
        path: &str,
        form: &[(&str, &str)],
        origin: &str,
    ) -> reqwest::Result<Response> {
        let request = self.client.post(format!("{}{path}", self.base)).header(ORIGIN, origin).form(form);
        self.with_cookie(request).send().await
    }

    /// Posts JSON from one of our own pages.
    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> reqwest::Result<Response> {
        self.post_json_from(path, body, &self.base.clone()).await
    }

    /// Posts JSON from a page of `origin`.
    pub async fn post_json_from(
        &self,
        path: &str,
        body: &serde_json::Value,
        origin: &str,
    ) -> reqwest::Result<Response> {
        let request = self.client.post(format!("{}{path}", self.base)).header(ORIGIN, origin).json(body);
        self.with_cookie(request).send().await
    }

    fn with_cookie(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    pub fn keep_cookie(&mut self, answer: &Response) {
        let set = answer.headers().get(SET_COOKIE).expect("a session cookie").to_str().unwrap();
        assert!(set.starts_with("__Host-") && set.contains("Secure") && set.contains("HttpOnly"), "{set}");
        self.cookie = set.split(';').next().map(str::to_owned);
    }

    /// The first address in a page that begins so.
    pub async fn first_link(&self, page: &str, begins: &str) -> String {
        let html = self.get(page).await.unwrap().text().await.unwrap();
        let at =
            html.find(&format!("href=\"{begins}")).unwrap_or_else(|| panic!("{page} links to {begins}…")) + 6;
        html[at..].split('"').next().unwrap().to_owned()
    }
}

pub fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "a redirect");
    answer.headers()[LOCATION].to_str().unwrap().to_owned()
}
