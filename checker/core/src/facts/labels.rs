//! Labels by which things of the engine are known: Compose's own, and the course's.
//!
//! Source: the labels that Compose puts on what it makes (`docker inspect`, `compose` in its source under `pkg/api/labels.go`).

/// The compose project.
pub const PROJECT: &str = "com.docker.compose.project";
/// The compose service.
pub const SERVICE: &str = "com.docker.compose.service";
/// `True` on what `docker compose run` made.
pub const ONEOFF: &str = "com.docker.compose.oneoff";
/// The folder that the project was started from.
pub const FOLDER: &str = "com.docker.compose.project.working_dir";
/// The compose files that a container was made from, joined by commas.
pub const CONFIG_FILES: &str = "com.docker.compose.project.config_files";
/// What a container waits for: `db:service_healthy:false`, joined by commas.
pub const DEPENDS_ON: &str = "com.docker.compose.depends_on";
/// The number of a container among those of its service.
pub const NUMBER: &str = "com.docker.compose.container-number";
/// A network's name in the compose file.
pub const NETWORK: &str = "com.docker.compose.network";
/// A volume's name in the compose file.
pub const VOLUME: &str = "com.docker.compose.volume";
/// The lab of the course that a stack belongs to.
pub const LAB: &str = "labcheck.lab";
/// The test that started a stack.
pub const TEST: &str = "labcheck.test";
/// A container of a grader's own. By itself it proves nothing: a student can put it on, an image can bear it.
pub const SIDECAR: &str = "labcheck.probe";
