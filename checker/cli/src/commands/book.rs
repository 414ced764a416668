//! `labcheck book`: what can be typed, and what is said.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;

use crate::book::serve::bind;
use crate::book::{BookError, PageAddress, Rendered, serve};
use labcheck_core::text::say;

/// The port of the book where none is given.
const PORT: u16 = 8169;

/// `labcheck book`.
#[derive(Debug, Args)]
pub struct BookArgs {
    /// The page to open, such as `v1` or `v1.html#publish-the-port`; by default the first.
    pub page: Option<String>,
    /// The port of this machine to serve it on, on loopback alone; 0 takes one that is free.
    #[arg(long, value_name = "N", default_value_t = PORT)]
    pub port: u16,
    /// Do not open a browser.
    #[arg(long)]
    pub no_open: bool,
    /// Write the pages to a folder, and do not serve them.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["port", "no_open", "page"])]
    pub build: Option<PathBuf>,
}

/// Runs `labcheck book`: until Ctrl-C, or until the pages are written.
///
/// # Errors
/// [`BookError`].
pub(crate) async fn run(args: BookArgs) -> Result<(), BookError> {
    if let Some(folder) = &args.build {
        let book = Rendered::make()?;
        book.write(folder)?;
        tell(&say!(
            "the book is in {}: open index.html there",
            folder.display()
        ));
        return Ok(());
    }
    // The port first: where it is taken, nothing has to be made.
    let listener = bind(args.port).await?;
    let port = listener
        .local_addr()
        .map_or(args.port, |address| address.port());
    let book = Rendered::make()?;
    let page = match &args.page {
        None => String::new(),
        Some(typed) => PageAddress::find(typed, &book)?.path().to_owned(),
    };
    let address = format!("http://127.0.0.1:{port}/{page}");
    tell(&say!("the book is at {address}", address));
    if !args.no_open && std::io::stdout().is_terminal() && opener::open_browser(&address).is_err() {
        tell(say!(
            "no browser could be opened from here; open the address yourself"
        ));
    }
    tell(say!("Ctrl-C ends it"));
    let ended = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, book, ended).await
}

fn tell(line: &str) {
    // The book is served whether that can be said or not.
    let _ = crate::terminal::print(&format!("{line}\n"));
}
