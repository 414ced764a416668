//! What checks ask the observer to look at.

use crate::facts::{Aspect, Role, Statement, Step};

/// One thing to look at. A plan is the union of these over a lab's checks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The process list of a role's containers.
    Processes(Role),
    /// A page of a role, by `GET`.
    Page {
        /// Whose page.
        role: Role,
        /// The path in the course's words.
        path: String,
    },
    /// What a role's home page loads and how it is built.
    Assets(Role),
    /// A step of the round trip through the application.
    RoundTrip(Step),
    /// Something that only the database can tell.
    Database(Look),
    /// Who reaches which port: from outside, from this machine, from inside the proxy.
    Reach,
    /// The application's pages through the ports of this role rather than its own.
    BaseUrl(Role),
    /// What the projects' compose files declare.
    Declared,
    /// What is spoken at the entry's ports.
    Ingress,
    /// What the application's log says of a request through the entry.
    IngressLog,
    /// The listening sockets of a role's containers.
    Sockets(Role),
    /// How the images of a role's containers are made, or what their files show.
    ImageFacts(Role, Aspect),
    /// What the health checks of a role's containers do where the program does not run; without a role, those of every
    /// container.
    HealthChecks(Option<Role>),
    /// Where the stack's projects come from.
    Origin,
    /// Whether what was stored is there after `down` and `up`.
    DownUp,
}

/// What to ask the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Which rows the round trip left.
    Rows,
    /// The application's live sessions.
    Sessions,
    /// Accounts and their rights.
    Accounts,
    /// Foreign keys.
    ForeignKeys,
    /// A statement attempted as the application's account.
    Attempt(Statement),
    /// Root's passwords.
    RootSignIn,
    /// Where the application's password lies open.
    PasswordSeen,
}
