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
/// What every label of the course's own begins with.
pub const COURSE: &str = "labcheck.";
/// The lab of the course that a stack belongs to.
pub const LAB: &str = "labcheck.lab";
/// The test that started a stack.
pub const TEST: &str = "labcheck.test";
/// A container of a grader's own. By itself it proves nothing: a student can put it on, an image can bear it.
pub const SIDECAR: &str = "labcheck.probe";
/// How an image that stands in for an official one was made. What is built from it inherits the label, so it means
/// something only together with [`STANDS_FOR`].
pub const ORIGIN: &str = "labcheck.origin";
/// The value of [`ORIGIN`] on what `labcheck images build` makes.
pub const DEBIAN_PACKAGES: &str = "debian-packages";
/// The official image that an image stands in for where that cannot be had, as `NAME:TAG`.
pub const STANDS_FOR: &str = "labcheck.stands-for";
/// What an image was given because of the site it is used at: `ca`, the site's own certificates.
pub const SITE: &str = "labcheck.site";
/// Who shares a volume that is kept between stacks: `test`, the stacks of tests.
pub const CACHE: &str = "labcheck.cache";
