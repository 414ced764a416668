//! The application against a real database: requests without a socket, a database per test, and the process itself.
//!
//! Needs a Docker engine, or `TEST_DATABASE_URL` with a server where a user may create databases and users
//! (`mysql://root:…@127.0.0.1:3306`).

mod database;
mod fetcher;
mod inserter;
mod pages;
mod process;
mod settings;
mod support;
