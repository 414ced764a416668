//! A conversation with one program: questions with an answer each, and streams.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::error::EyeError;
use super::shared::{Shared, Waiting, read, write};
use super::stream::{EyeStream, StreamTask};
use crate::wire::frame::{Frame, Kind};
use crate::wire::{Answer, Ask, Endpoint, Forward, Forwarded, Hello, Question};

/// Frames that wait to be sent.
const QUEUE: usize = 64;
/// How much longer than the program an answer is waited for.
const GRACE: Duration = Duration::from_millis(700);

/// A program that looks. Clones speak to the same one; with the last of them the conversation ends, and with its input
/// the program.
#[derive(Debug, Clone)]
pub struct Eye {
    conversation: Arc<Conversation>,
}

#[derive(Debug)]
struct Conversation {
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Conversation {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.shared
            .end(&EyeError::Ended("the grader has done with it".into()));
    }
}

impl Eye {
    /// Begins to speak with a program. Requests may be sent before it has said anything, even before it is started.
    pub fn start(
        output: impl AsyncRead + Send + Unpin + 'static,
        input: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        let (send, queue) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared::new(send));
        let reading = tokio::spawn(read(Arc::clone(&shared), output));
        let writing = tokio::spawn(write(Arc::clone(&shared), queue, input));
        let tasks = [reading, writing];
        Self {
            conversation: Arc::new(Conversation { shared, tasks }),
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.conversation.shared
    }

    /// What the program says first.
    ///
    /// # Errors
    /// It ended, or said nothing in time.
    pub async fn hello(&self, within: Duration) -> Result<Hello, EyeError> {
        let mut said = self.shared().hello();
        let hello = timeout(within, said.wait_for(Option::is_some)).await;
        match hello.map_err(|_| EyeError::Silent(within))? {
            Ok(said) => match &*said {
                Some(hello) => hello.clone(),
                None => Err(EyeError::Silent(within)),
            },
            Err(_) => Err(EyeError::Silent(within)),
        }
    }

    /// Asks. The program is given so much time for the answer, and a little more is waited for it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask<Q: Question>(
        &self,
        question: Q,
        within: Duration,
    ) -> Result<Q::Answer, EyeError> {
        let waiting = self.shared().wait()?;
        self.answered(&waiting, question, within).await
    }

    async fn answered<Q: Question>(
        &self,
        waiting: &Waiting,
        question: Q,
        within: Duration,
    ) -> Result<Q::Answer, EyeError> {
        let ask = Ask {
            within_ms: u32::try_from(within.as_millis()).unwrap_or(u32::MAX),
            request: question.into(),
        };
        let frame = Frame::of(Kind::Ask, waiting.number(), &ask);
        let work = async {
            self.shared().send(&frame).await?;
            waiting.answer().await
        };
        let answer = timeout(within + GRACE, work).await;
        match answer.map_err(|_| EyeError::Silent(within))?? {
            Answer::Late => Err(EyeError::Late(within)),
            Answer::Refused(why) => Err(EyeError::Refused(why)),
            Answer::TooLong => Err(EyeError::TooLong),
            other => Q::answered(other).ok_or(EyeError::Protocol("it answers another question")),
        }
    }

    /// Opens a stream that the program passes on.
    ///
    /// # Errors
    /// It could not be opened.
    pub async fn forward(&self, to: Endpoint, within: Duration) -> Result<EyeStream, EyeError> {
        let (waiting, carried) = StreamTask::prepare(self.shared())?;
        let asked = Forward {
            to,
            within_ms: u32::try_from(within.as_millis()).unwrap_or(u32::MAX),
        };
        match self.answered(&waiting, asked, within).await {
            Ok(Forwarded::Open) => Ok(carried.run(self.clone())),
            Ok(other) => Err(EyeError::Unopened(other)),
            Err(why) => Err(why),
        }
    }
}
