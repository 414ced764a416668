//! What can be typed after `cargo dev bench`.

use clap::Args;

/// `cargo dev bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// The lab whose stack is running.
    #[arg(default_value = "v4")]
    pub(super) lab: String,
    /// How often each thing is measured.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) runs: u16,
    /// Measure watching: from an event of the engine to the redraw, and what it takes when nothing happens.
    #[arg(long)]
    pub(super) watch: bool,
    /// Grade `--runs` times, so many at the same time, and compare the verdicts.
    #[arg(long, value_name = "NUMBER", conflicts_with = "watch", value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(super) at_once: Option<u8>,
    /// Flags of the grading, such as `--project v4`.
    #[arg(last = true)]
    pub(super) flags: Vec<String>,
}
