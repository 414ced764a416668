//! The kernel's table of mounts.

use super::primitives::{Bytes, Listed};
use super::unread::Field;

record! {
    /// The mounts of a process (`/proc/PID/mountinfo`).
    pub struct Mounts {
        /// The process.
        pub pid: u32,
    }

    /// The mounts.
    pub struct MountTable {
        /// In the kernel's order.
        pub mounts: Field<Listed<Mount>>,
    }

    /// One mount.
    pub struct Mount {
        /// Its number.
        pub id: u64,
        /// The number of the one that it lies on.
        pub parent: u64,
        /// Major number of the device.
        pub major: u32,
        /// Minor number of the device.
        pub minor: u32,
        /// Which folder of the file system is mounted.
        pub root: Bytes,
        /// Where, below the process's root.
        pub point: Bytes,
        /// Options of the mount, such as `ro,nosuid`.
        pub options: Bytes,
        /// How it spreads, such as `master:1`; empty where it does not.
        pub spreads: Bytes,
        /// The type of the file system.
        pub kind: Bytes,
        /// What it comes from, as the file system says.
        pub source: Bytes,
        /// Options of the file system.
        pub super_options: Bytes,
    }
}
