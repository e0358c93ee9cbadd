//! Crawls of many workers on one server, by the program as a person runs it. Each test here has a
//! server of its own, which it may kill.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

/// A worker that died: its hosts go to another.
mod dead;
/// Workers and server killed and frozen: nothing lost, nothing twice, nobody asked too early.
mod matrix;
/// `sslmode`: who is trusted.
mod secure;
/// `status`, `explain`, `seal`, and what a person is told.
mod told;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};

use tempfile::TempDir;

use crate::cli::cleancopy;
use crate::frontier::server;
use crate::site::Site;

/// A PostgreSQL server of one's own, stopped and deleted in the end.
pub(crate) struct Cluster {
    folder: TempDir,
    pub(crate) url: String,
}

impl Cluster {
    /// `None` where there is none to be had.
    pub(crate) fn start() -> Option<Self> {
        server::address()?;
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        let url = tool("start", &folder.path().join("cluster"));
        Some(Self { folder, url })
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("cluster")
    }

    /// Ends the server as a power cut would.
    pub(crate) fn kill(&self) {
        tool("kill", &self.path());
    }

    /// Starts it again.
    pub(crate) fn restart(&self) {
        assert_eq!(tool("start", &self.path()), self.url);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = postgres("stop", &self.path());
        assert!(
            stopped.status.success() || std::thread::panicking(),
            "{stopped:?}"
        );
    }
}

fn postgres(what: &str, folder: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/postgres");
    Command::new(script).arg(what).arg(folder).output().unwrap()
}

/// What `tools/postgres` says, which must go well.
fn tool(what: &str, folder: &Path) -> String {
    let output = postgres(what, folder);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Lets the user who runs the server through a folder of root's.
fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A worker on the list of a folder.
fn worker(cluster: &Cluster, site: &Site, dir: &Path, args: &[&str]) -> Command {
    let mut command = cleancopy(&[
        "crawl",
        "urls.txt",
        "--no-proxy",
        "--frontier",
        &cluster.url,
    ]);
    command.args(["--retry-wait", "0.05", "--resolve"]);
    command.arg(format!("*={}", site.address));
    command.args(args).current_dir(dir);
    command
}

/// Processes that do not outlive their test.
struct Workers(Vec<Child>);

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in &mut self.0 {
            // One that has ended cannot be killed, and need not be.
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}

/// Sends a signal to a process.
fn signal(name: &str, process: u32) {
    let id = process.to_string();
    let sent = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(sent.success());
}

/// Lines of all segments of a folder, whole ones.
fn lines(folder: &Path) -> usize {
    let segments = fs::read_dir(folder.join("segments")).unwrap();
    let texts = segments.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    texts.map(|text| text.matches('\n').count()).sum()
}
