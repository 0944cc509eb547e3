//! A PostgreSQL server for one test, from the system's binaries, as an unprivileged user.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

/// The user and group "nobody": PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// Stops when dropped.
pub struct Postgres {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn binaries() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        debian.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists()).collect();
    found.sort();
    found.pop().unwrap_or_default()
}

/// A command that runs without the rights of root.
fn unprivileged(program: &Path, root: bool) -> Command {
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

impl Postgres {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().metadata().unwrap().uid() == 0;
        if root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.path().join("data");
        let bin = binaries();
        let made = unprivileged(&bin.join("initdb"), root)
            .args(["--auth=trust", "--username=saldar", "--encoding=UTF8", "--no-sync", "--locale=C", "-D"])
            .arg(&data)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .status()
            .expect("PostgreSQL's initdb must be installed");
        assert!(made.success());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = unprivileged(&bin.join("postgres"), root)
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", folder.path().display()))
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30), "PostgreSQL did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { server, port, _folder: folder }
    }

    /// The address of a new, empty database.
    pub async fn database(&self, name: &str) -> String {
        let started = Instant::now();
        let admin = loop {
            // The port answers a little before the server takes sessions.
            match Database::connect(format!("postgres://saldar@127.0.0.1:{}/postgres", self.port)).await {
                Ok(admin) => break admin,
                Err(error) => assert!(started.elapsed() < Duration::from_secs(30), "{error}"),
            }
        };
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        format!("postgres://saldar@127.0.0.1:{}/{name}", self.port)
    }
}
