//! From the settings to a listening server, and from a stop signal to a quick end.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::config::{Config, ConfigError};
use crate::signals::Stop;
use crate::{AppState, log, router};

use crate::database;

/// How long requests under way may still take after a stop signal; the whole stop stays under 2 s.
const GRACE: Duration = Duration::from_millis(1500);

/// Why the application cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A setting is missing or unusable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The system refused signal handlers.
    #[error("cannot listen to stop signals")]
    Signals(#[source] std::io::Error),
    /// The database stayed away.
    #[error(transparent)]
    Wait(#[from] database::WaitError),
    /// The database answers, but refuses the tables.
    #[error("cannot create the tables")]
    Tables(#[source] sqlx::Error),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The setting `LISTEN`.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server broke off.
    #[error("the server stopped by itself")]
    Serve(#[source] std::io::Error),
}

/// Runs until a stop signal arrives, which is a success.
pub async fn run(lookup: impl Fn(&str) -> Option<OsString>) -> Result<(), ServerError> {
    let mut stop = Stop::install().map_err(ServerError::Signals)?;
    let config = Config::read(lookup)?;
    let state = AppState {
        db: database::pool(database::options(&config.database)),
        assets: config.assets.clone(),
    };
    let prepare = async {
        database::wait(&state.db, config.wait).await?;
        database::create_tables(&state.db)
            .await
            .map_err(ServerError::Tables)?;
        listen(config.listen).await
    };
    let listener = tokio::select! {
        ready = prepare => ready?,
        () = stop.asked() => return Ok(()),
    };
    // With port 0 the system chooses one.
    let address = listener.local_addr().unwrap_or(config.listen);
    log::line(&format!("listening on {address}"));
    serve(listener, state, stop).await
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServerError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServerError::Listen { address, source })
}

async fn serve(listener: TcpListener, state: AppState, mut stop: Stop) -> Result<(), ServerError> {
    let (tell, told) = oneshot::channel();
    let app = router(state);
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.asked().await;
        // The other end lives until the server has ended.
        let _ = tell.send(());
    });
    let grace_over = async {
        if told.await.is_ok() {
            log::line("stopping");
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended.map_err(ServerError::Serve),
        () = grace_over => Ok(()),
    }
}
