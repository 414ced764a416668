//! A door in front of the database: shut, it breaks every connection and refuses new ones, like a server that restarts.

use std::net::SocketAddr;

use sqlx::mysql::MySqlConnectOptions;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub(crate) struct Gate {
    address: SocketAddr,
    behind: String,
    open: Option<JoinHandle<()>>,
}

impl Gate {
    /// A gate that is shut.
    pub(crate) async fn before(database: &MySqlConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self {
            address: listener.local_addr().expect("its address"),
            behind: format!("{}:{}", database.get_host(), database.get_port()),
            open: None,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) async fn open(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("its own port");
        let behind = self.behind.clone();
        self.open = Some(tokio::spawn(async move {
            // Owned by this task, so that its end breaks them.
            let mut pipes = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let behind = behind.clone();
                pipes.spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(behind).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        }));
    }

    pub(crate) async fn shut(&mut self) {
        if let Some(task) = self.open.take() {
            task.abort();
            // Ended by the abort, which is what is wanted.
            let _ = task.await;
        }
    }
}
