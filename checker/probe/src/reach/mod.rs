//! Who reaches which port: from outside, from this machine, and from inside the proxy; relays, shared sockets, the host's network.
//!
//! Connections are really attempted; what was not tried is said to be untried, with the reason. `targets` and
//! `relays` say what is tried, `script` tries it inside a container, `table` puts the rows together. It may import
//! [`labcheck_engine`], `stack` and `endpoint`.

pub(crate) mod attempts;
pub(crate) mod confirm;
pub(crate) mod greeting;
pub(crate) mod host_network;
pub(crate) mod host_proc;
pub(crate) mod relays;
pub(crate) mod script;
pub(crate) mod script_output;
pub(crate) mod table;
pub(crate) mod targets;
pub(crate) mod unix_sockets;
pub(crate) mod who_answers;
