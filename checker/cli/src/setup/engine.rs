//! An engine that answers, with the parts of Docker's command line that the course needs.
//!
//! On Debian and Ubuntu, as root, what is missing is installed; anywhere else the error says what to install.

use tokio::process::Command;

use super::error::{SetupError, words};
use super::progress::Say;
use super::{apt, assets, process};
use labcheck_engine::address::{self, Address};
use labcheck_engine::advice::{self, Trouble};
use labcheck_engine::client::Engine;
use labcheck_engine::command::DockerCommand;
use labcheck_engine::error::EngineError;
use labcheck_engine::host;

/// The engine there is, with Compose v2 and Buildx; nothing is installed.
///
/// # Errors
/// [`EngineError::NoEngine`], [`SetupError::NoClient`].
pub async fn there() -> Result<Engine, SetupError> {
    let mut engine = Engine::find().await?;
    find_client(&mut engine).await?;
    Ok(engine)
}

/// What is there of Docker's command line, Compose v2 and Buildx, in a sentence.
///
/// # Errors
/// [`SetupError::NoClient`] naming the first part that is missing.
pub async fn client(engine: &mut Engine) -> Result<String, SetupError> {
    find_client(engine).await?;
    let (docker, compose, buildx) = tokio::join!(
        engine.cli.ask(&["--version"]),
        engine.cli.ask(&["compose", "version", "--short"]),
        engine.cli.ask(&["buildx", "version"]),
    );
    let said = [
        docker.unwrap_or_default(),
        format!("Compose {}", compose.unwrap_or_default()),
        buildx.unwrap_or_default(),
    ];
    Ok(words(&said.join(" · ")))
}

/// The names of the images that labs use and that are not there, and how many they use.
///
/// # Errors
/// [`EngineError::Refused`].
pub async fn missing_images(engine: &Engine) -> Result<(Vec<&'static str>, usize), SetupError> {
    let wanted = super::images::of(None);
    let mut missing = Vec::new();
    for image in &wanted {
        if engine.find_image(image.name).await?.is_none() {
            missing.push(image.name);
        }
    }
    Ok((missing, wanted.len()))
}

/// The engine there is, with Compose v2 and Buildx; what is missing is installed where that can be done.
///
/// # Errors
/// [`EngineError::NoEngine`], [`SetupError::NoClient`], [`SetupError::EngineSetUp`].
pub async fn ensure(say: Say) -> Result<Engine, SetupError> {
    let address = Engine::address()?;
    match Engine::reach(&address).await {
        Ok(_) => {}
        Err((Trouble::Absent | Trouble::Stopped | Trouble::Elsewhere, _))
            if apt::possible() && script_serves(&address) =>
        {
            install(say).await?;
        }
        Err((trouble, why)) => return Err(EngineError::unreached(&address, trouble, why).into()),
    }
    let mut engine = Engine::find().await?;
    if let Err(missing) = find_client(&mut engine).await {
        if !apt::possible() {
            return Err(missing);
        }
        install(say).await?;
        find_client(&mut engine).await?;
    }
    Ok(engine)
}

/// Looks for `docker` with both plugins: on PATH, then where the script puts it.
///
/// # Errors
/// [`SetupError::NoClient`] naming the first part that is missing.
async fn find_client(engine: &mut Engine) -> Result<(), SetupError> {
    let plain = engine.cli.from_folder(None);
    let Some(what) = plain.missing().await else {
        engine.cli = plain;
        return Ok(());
    };
    let own = plain.from_folder(DockerCommand::set_up());
    if own.missing().await.is_none() {
        engine.cli = own;
        return Ok(());
    }
    Err(SetupError::NoClient {
        what,
        advice: advice::client(&host::system()),
    })
}

/// Whether an engine started by the script would be the one that is asked for.
fn script_serves(address: &Address) -> bool {
    !address.named() || address.url == format!("unix://{}", address::socket_of_set_up())
}

/// Runs the set-up script; what it prints, step by step, is shown as it comes.
async fn install(say: Say) -> Result<(), SetupError> {
    const DOING: &str = "setting up Docker Engine, Compose and Buildx";
    let script = assets::unpack()?.join("engine/install.sh");
    let mut step = say.step(DOING);
    let ended = process::run(Command::new("bash").arg(script), DOING, &mut step, None).await?;
    if ended.well {
        step.done(ended.tail.back().map_or("done", String::as_str));
        return Ok(());
    }
    let line = ended.gist();
    let (line, help) = match line.rsplit_once("; help: ") {
        Some((line, help)) => (line.to_owned(), help.to_owned()),
        None => (line, advice::client(&host::system())),
    };
    Err(SetupError::EngineSetUp { line, help })
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_engine::address::SOCKET;
    use labcheck_engine::command::PREFIX;

    #[test]
    fn script_and_program_agree_on_places() {
        let script = assets::text("engine/install.sh").expect("embedded");
        assert!(script.contains(&format!("LABCHECK_ENGINE_PREFIX:-{PREFIX}}}")));
        assert!(script.contains(&format!("LABCHECK_ENGINE_SOCKET:-{SOCKET}}}")));
    }
}
