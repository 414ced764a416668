//! What was seen of a running stack, as plain data.
//!
//! Facts are written down once by [`crate::probe`] and judged any number of times by [`crate::check`]: live, from a
//! recording, or from a bundle a student handed in. Nothing here talks to an engine, a database or a clock, and no
//! type of the engine's client library appears.

mod all;
mod assets;
mod compose_networks;
mod container;
mod database;
mod front_door;
mod http;
mod image;
mod image_facts;
mod ingress;
pub mod labels;
mod network;
mod network_mode;
mod origin;
mod reach;
mod role;
mod round_trip;
mod seen;

pub use all::{Course, Engine, Facts, Neighbour, SCHEMA, StackChoice};
pub use assets::{Asset, AssetKind, Assets, Delivered, Link, Nav, Part, Way, WayAnswer};
pub use compose_networks::{Declared, DeclaredNetwork};
pub use container::{
    Attachment, Container, Dependency, EnvValue, EnvVar, Health, Limits, Listener, Mount,
    MountKind, Port, Process, State, Status,
};
pub use database::{
    Account, Attempt, Database, Dialect, ForeignKey, Grant, Outcome, RootSignIn, Session, Spot,
    Statement,
};
pub use front_door::{EntryAnswer, EntryAttempt, FrontDoor};
pub use http::{Answer, Ask, Page, Trouble, UnknownHost};
pub use image::Image;
pub use image_facts::{
    Base, CopiedIn, Current, Dockerfile, ImageFacts, LastLayer, MountOver, RootFilesystem, Stopped,
};
pub use ingress::{
    Certificate, Dressed, DressedPage, Greeting, Head, Ingress, IngressPort, Logged, Plain, Tls,
    Version,
};
pub use network::{Network, Volume};
pub use network_mode::NetworkMode;
pub use origin::{Origin, Outside, Recreated};
pub use reach::{OthersDoor, Reach, ReachRow, SharedSocket, Tool, Tried, Try, Vantage};
pub use role::{Role, Taken};
pub use round_trip::{Earlier, Markup, Restarted, RoundTrip, Row, Shown, Step, StepAnswer, Typed};
pub use seen::Seen;
