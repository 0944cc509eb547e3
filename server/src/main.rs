//! `saldar`: the command line and the server.

mod cli;
mod config;
mod http;
mod logging;
mod pdf;
mod sandbox_books;
mod start;
mod workers;

use clap::Parser;

/// Rows are made on one thread and freed on another, which the C library's allocator does badly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    runtime.block_on(cli.run())
}
