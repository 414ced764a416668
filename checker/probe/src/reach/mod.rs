//! Who reaches which port: from outside, from this machine, and from inside the proxy; relays, shared sockets, the host's network.
//!
//! Connections are really attempted; what was not tried is said to be untried, with the reason. `targets` and `relays` say
//! what is tried, `by_eye` tries it from inside (`by_program` where the grader's own program cannot run), `between` tells
//! what passes connections on, `table` puts the rows together. It may import [`labcheck_engine`], [`labcheck_eye`], `stack`
//! and `endpoint`.

pub(crate) mod attempts;
pub(crate) mod between;
pub(crate) mod by_eye;
pub(crate) mod by_program;
pub(crate) mod confirm;
pub(crate) mod greeting;
pub(crate) mod host_network;
pub(crate) mod host_proc;
pub(crate) mod protocols;
pub(crate) mod relays;
pub(crate) mod rows;
pub(crate) mod said;
pub(crate) mod script;
pub(crate) mod script_output;
pub(crate) mod table;
pub(crate) mod targets;
pub(crate) mod unix_sockets;
pub(crate) mod watch;
