//! What the book says about a lab, tried on its solution: the commands of the chapter, and the pictures in it.

use std::process::Command;
use std::time::Duration;

use labcheck_dev::Root;
use labcheck_dev::stack::{Case, Stack};

use crate::shell::{Mark, typed};

/// Runs every command of the lab's chapter that is not `labcheck`, `cd`, or marked as not run; gives what did not end
/// as the book has it.
pub(crate) fn commands(root: &Root, case: &Case, stack: &Stack) -> Result<Vec<String>, String> {
    let page = format!("book/src/{}.md", case.lab_name());
    let text = std::fs::read_to_string(root.join(&page)).map_err(|err| format!("{page}: {err}"))?;
    let mut wrong = Vec::new();
    for typed in typed(&page, &text) {
        let first = typed.line.split_whitespace().next().unwrap_or_default();
        if ["labcheck", "cd"].contains(&first) || matches!(typed.mark, Mark::NotRun(_)) {
            continue;
        }
        let (well, said) = stack.type_in(&typed.line).map_err(|err| err.to_string())?;
        if well == (typed.mark == Mark::Fails) {
            let ended = if well { "well" } else { "in an error" };
            wrong.push(format!(
                "{}: `{}` ended {ended}:\n{said}",
                typed.place, typed.line
            ));
        }
    }
    Ok(wrong)
}

/// A picture of a chapter: its file, the page, and the fields to post to it.
struct Picture {
    name: &'static str,
    page: &'static str,
    posted: &'static [(&'static str, &'static str)],
    high: u32,
}

const fn picture(name: &'static str, page: &'static str, high: u32) -> Picture {
    Picture {
        name,
        page,
        posted: &[],
        high,
    }
}

const ADA: [(&str, &str); 4] = [
    ("name", "Lovelace Instruments"),
    ("email", "ada@lovelace.example"),
    ("number", "+44 20 7946 0000"),
    ("website", "https://lovelace.example"),
];

const PICTURES: [Picture; 5] = [
    picture("v1-home", "http://127.0.0.1:5000/", 240),
    picture("v2-home", "http://127.0.0.1:5000/", 400),
    Picture {
        name: "v3-stored",
        page: "http://127.0.0.1:5000/inserter",
        posted: &ADA,
        high: 620,
    },
    Picture {
        name: "v3-fetch",
        page: "http://127.0.0.1:5000/fetch",
        posted: &[("manufacturer_name", "Lovelace Instruments")],
        high: 1060,
    },
    picture("v6-home", "https://127.0.0.1:8443/", 400),
];

/// Takes the pictures of a lab's chapter anew, with `LABCHECK_RECORD=1`.
pub(crate) fn pictures(root: &Root, case: &Case, stack: &Stack) -> Result<(), String> {
    if std::env::var_os("LABCHECK_RECORD").is_none_or(|wanted| wanted != "1") {
        return Ok(());
    }
    let lab = format!("{}-", case.lab_name());
    let folder = tempfile::tempdir().map_err(|err| err.to_string())?;
    for picture in PICTURES.iter().filter(|it| it.name.starts_with(&lab)) {
        let page = stack.here(picture.page).map_err(|err| err.to_string())?;
        let fields = picture
            .posted
            .iter()
            .map(|(name, value)| format!("<input name=\"{name}\" value=\"{value}\">"));
        let fields = fields.collect::<Vec<_>>().concat();
        // A page that posts its form by itself shows what a person gets who fills it in.
        let form = folder.path().join("form.html");
        let posts = format!(
            "<form method=\"post\" action=\"{page}\">{fields}</form><script>document.forms[0].submit()</script>"
        );
        std::fs::write(&form, posts).map_err(|err| err.to_string())?;
        let address = if picture.posted.is_empty() {
            page
        } else {
            format!("file://{}", form.display())
        };
        let to = root.join(format!("book/src/images/shots/{}.png", picture.name));
        take(&address, picture.high, &to)?;
        let size = std::fs::metadata(&to).map_or(0, |there| there.len());
        if size == 0 || size > 60 * 1024 {
            return Err(format!(
                "{}: {size} bytes is no small picture",
                to.display()
            ));
        }
    }
    Ok(())
}

fn take(address: &str, high: u32, to: &std::path::Path) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|err| err.to_string())?;
    let say = labcheck::setup::Say::new();
    let chromium = runtime
        .block_on(labcheck::setup::chromium(say))
        .map_err(|err| err.to_string())?;
    let profile = tempfile::tempdir().map_err(|err| err.to_string())?;
    let mut command = Command::new(chromium);
    command
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--ignore-certificate-errors",
            "--virtual-time-budget=4000",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size=900,{high}"))
        .arg(format!("--screenshot={}", to.display()))
        .arg(address);
    // A browser that hangs must not hold up the stacks.
    let mut child = command
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .map_err(|err| err.to_string())?;
    for _ in 0..600 {
        if let Some(status) = child.try_wait().map_err(|err| err.to_string())? {
            return if status.success() && to.is_file() {
                Ok(())
            } else {
                Err(format!("no picture of {address}: {status}"))
            };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let _ = child.kill();
    Err(format!("no picture of {address} within a minute"))
}
