//! The book: it builds, nothing in it leads nowhere, its commands can be typed, and it is accessible.

mod accessible;
mod commands;
mod pages;
mod served;
mod shell;

#[path = "../axe/mod.rs"]
mod axe;
