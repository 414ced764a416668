//! `no_source_mounts`: the image holds the program; nothing is mounted over it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Container, MountKind, MountOver, Role, RunningFile, Seen, Status};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "no_source_mounts: { role: app }";

/// No mount brings the program, its source or its templates into the role's container, and none of them was copied in.
///
/// Judged by what lies in the mounts (`Mounts`, and their files through the engine's archive): settings, secrets, sockets and
/// folders of data are fine. A program or source that the container's own layer holds (`GET /containers/{id}/changes`) and that
/// the container cannot have written by itself was copied in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSourceMounts {
    /// Whose container.
    pub role: Role,
}

impl Kind for NoSourceMounts {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::Processes(self.role),
            Want::ImageFacts(self.role, Aspect::Mounts),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = container.known_as();
        let expected = say!(
            "`{name}` runs what its image holds, with no source mounted into it",
            name
        );
        let mounts = scene.image_facts(container).and_then(|image_facts| image_facts.mounts.as_ref());
        let Some(mounts) = mounts else {
            return Verdict::unknown(
                expected,
                say!("its mounts were not looked at in these facts"),
            );
        };
        let look = shell!(
            "docker inspect -f '{{{{json .Mounts}}}}' {}",
            container.name
        );
        if let Some((over, what)) = mounts.iter().find_map(|over| Some((over, brings(over)?))) {
            let kind = match over.kind {
                MountKind::Bind => say!("the folder or file `{}` of this machine", over.source),
                MountKind::AnonymousVolume => say!("a volume without a name").to_owned(),
                _ => say!("the volume `{}`", over.source),
            };
            let found = say!(
                "{kind} is mounted at `{}` and {what}",
                over.destination,
                kind,
                what
            );
            return Verdict::fail(expected, found).seen(say!("its mounts"), look);
        }
        let running = scene
            .image_facts(container)
            .and_then(|image_facts| image_facts.running_elsewhere.as_ref());
        if let Some(verdict) = elsewhere(container, running, &expected) {
            return verdict.seen(say!("its mounts"), look);
        }
        let put_in = scene.image_facts(container).and_then(|image_facts| image_facts.put_in.as_ref());
        let files = put_in.and_then(Seen::get).map_or(&[][..], Vec::as_slice);
        let diff = || {
            (
                say!("files that the container has changed"),
                shell!("docker diff {}", container.name),
            )
        };
        if let Some(file) = files.iter().find(|file| file.certain) {
            let found = if file.program {
                say!(
                    "`{}`, which runs, was put into the container after it was made, as by `docker cp`: the image holds another one, or none",
                    file.path
                )
            } else {
                say!(
                    "`{}` was put into the container after it was made, as by `docker cp`: the image holds another one, or none",
                    file.path
                )
            };
            let (what, look) = diff();
            return Verdict::fail(expected, found).seen(what, look);
        }
        if let Some(file) = files.first() {
            let found = say!(
                "`{}`, which runs, is not as the image holds it, and whether the container wrote it by itself is not certain",
                file.path
            );
            let (what, look) = diff();
            return Verdict::unknown(expected, found).seen(what, look);
        }
        let unseen = mounts.iter().find_map(|over| over.holds.as_ref()?.why());
        // Without a mount there is nothing that a program could run from but the image, and in a container that is stopped
        // nothing runs.
        let could_run = !mounts.is_empty() && container.state.status == Status::Running;
        let unknown_programs = running.and_then(Seen::why).filter(|_| could_run);
        match unseen
            .or_else(|| put_in.and_then(Seen::why))
            .or(unknown_programs)
        {
            Some(why) => Verdict::unknown(expected, why),
            None => Verdict::pass(expected, say!("no source is mounted")),
        }
    }
}

/// The verdict, where the kernel says that something runs which does not lie in the image.
fn elsewhere(
    container: &Container,
    running: Option<&Seen<Vec<RunningFile>>>,
    expected: &str,
) -> Option<Verdict> {
    let files = running?.get()?;
    let brought = |file: &&RunningFile| {
        let mut mounts = container.mounts.iter();
        mounts.any(|mount| {
            file.mount.as_ref() == Some(&mount.destination)
                && matches!(
                    mount.kind,
                    MountKind::Bind | MountKind::Volume | MountKind::AnonymousVolume
                )
        })
    };
    if let Some(file) = files.iter().find(brought) {
        let found = say!(
            "`{}` runs, and it lies in what is mounted at `{}`, whatever its command line says",
            file.path,
            file.mount.as_deref().unwrap_or_default()
        );
        return Some(Verdict::fail(expected, found));
    }
    // Some programs unpack libraries into a tmpfs and take them from there.
    let file = files.iter().find(|file| !file.library)?;
    let why = if file.in_place {
        say!("`{}` runs, and it does not lie in the image's files", file.path)
    } else {
        say!(
            "the file that runs as `{}` is no longer there, so whether the image holds it cannot be told",
            file.path
        )
    };
    Some(Verdict::unknown(expected, why))
}

/// What a mount brings that should be in the image.
fn brings(over: &MountOver) -> Option<String> {
    if let Some(program) = &over.program {
        return Some(say!("brings the program itself, `{program}`", program));
    }
    let holds = over.holds.as_ref().and_then(Seen::get)?;
    (!holds.is_empty()).then(|| say!("holds source: {}", text::list(holds)))
}
