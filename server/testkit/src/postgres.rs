//! A PostgreSQL of the test's own, from the system's binaries, as an unprivileged user.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Postgres {
    child: Child,
    port: u16,
}

impl Postgres {
    /// Starts one with its data in `folder`.
    pub async fn start(folder: &Path) -> Self {
        let owner = unprivileged();
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        if let Some((uid, gid)) = owner {
            chown(folder, Some(uid), Some(gid)).unwrap();
        }
        let data = folder.join("data");
        let mut initdb = command("initdb", owner);
        initdb.arg("-D").arg(&data).args([
            "-U",
            "saldar",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        let done = initdb.current_dir(folder).stdout(Stdio::null()).status().expect("initdb runs");
        assert!(done.success(), "initdb failed");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut postgres = command("postgres", owner);
        postgres.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        // Nothing here outlives the test, so nothing needs to survive a power cut.
        for setting in [
            "fsync=off",
            "full_page_writes=off",
            "listen_addresses=127.0.0.1",
            "max_connections=40",
            // A race is judged by the order of commits.
            "track_commit_timestamp=on",
        ] {
            postgres.args(["-c", setting]);
        }
        postgres.arg("-c").arg(format!("unix_socket_directories={}", folder.display()));
        let child = postgres
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres runs");
        let server = Self { child, port };
        server.wait().await;
        server
    }

    async fn wait(&self) {
        let url = self.url().parse().unwrap();
        for _ in 0..200 {
            if let Ok(db) = services::Db::connect(&url).await
                && db.ping().await.is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL does not answer");
    }

    /// The database that every cluster has from the start.
    pub fn url(&self) -> String {
        format!("postgres://saldar@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nobody needs this cluster again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// PostgreSQL refuses to run as root: there, another account of the system runs it.
fn unprivileged() -> Option<(u32, u32)> {
    let uid = std::fs::metadata("/proc/self").map_or(0, |meta| std::os::unix::fs::MetadataExt::uid(&meta));
    if uid != 0 {
        return None;
    }
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("an account to run PostgreSQL as"))
}

fn command(program: &str, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(binary(program));
    if let Some((uid, gid)) = owner {
        command.gid(gid).uid(uid);
    }
    command
}

/// The newest version that the system's packages hold, else whatever the path finds.
fn binary(program: &str) -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin").join(program)).collect())
        .unwrap_or_default();
    versions.retain(|path| path.exists());
    versions.sort();
    versions.pop().unwrap_or_else(|| program.into())
}
